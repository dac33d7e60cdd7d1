# What moto as it is shipped does not have, or not well enough.

resource "aws_elasticache_parameter_group" "valkey" {
  name        = "cart-valkey8"
  family      = "valkey8"
  description = "cart"
  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }
  parameter {
    name  = "notify-keyspace-events"
    value = "Ex"
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_elasticache_replication_group" "simple" {
  replication_group_id       = "cart-simple"
  description                = "cart"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.t4g.small"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = true
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [module.network.security_group_id]
  snapshot_retention_limit   = 1
  user_group_ids             = [aws_elasticache_user_group.g.user_group_id]
}

resource "aws_elasticache_replication_group" "cluster" {
  replication_group_id       = "cart-cluster"
  description                = "cluster mode"
  engine                     = "redis"
  engine_version             = "7.1"
  parameter_group_name       = "default.redis7.cluster.on"
  node_type                  = "cache.r7g.large"
  num_node_groups            = 3
  replicas_per_node_group    = 1
  automatic_failover_enabled = true
  multi_az_enabled           = true
  transit_encryption_enabled = true
  at_rest_encryption_enabled = true
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [module.network.security_group_id]
}

resource "aws_elasticache_user_group" "g" {
  user_group_id = "cart"
  engine        = "REDIS"
  user_ids      = [aws_elasticache_user.default.user_id]
}

resource "aws_elasticache_serverless_cache" "s" {
  name                     = "cart-sl"
  engine                   = "valkey"
  major_engine_version     = "8"
  description              = "cart"
  security_group_ids       = [module.network.security_group_id]
  subnet_ids               = module.network.subnet_ids
  kms_key_id               = aws_kms_key.main.arn
  daily_snapshot_time      = "04:00"
  snapshot_retention_limit = 7
  cache_usage_limits {
    data_storage {
      maximum = 10
      unit    = "GB"
    }
    ecpu_per_second { maximum = 5000 }
  }
}

resource "aws_appautoscaling_target" "ddb" {
  for_each           = toset(["Read", "Write"])
  min_capacity       = 10
  max_capacity       = 1000
  resource_id        = "table/${aws_dynamodb_table.prov.name}"
  scalable_dimension = "dynamodb:table:${each.key}CapacityUnits"
  service_namespace  = "dynamodb"
}

resource "aws_appautoscaling_policy" "ddb" {
  for_each           = toset(["Read", "Write"])
  name               = "ddb-${each.key}"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.ddb[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.ddb[each.key].scalable_dimension
  service_namespace  = aws_appautoscaling_target.ddb[each.key].service_namespace
  target_tracking_scaling_policy_configuration {
    predefined_metric_specification { predefined_metric_type = "DynamoDB${each.key}CapacityUtilization" }
    target_value = 70
  }
}

resource "aws_sqs_queue_redrive_allow_policy" "dlq" {
  queue_url            = aws_sqs_queue.dlq.id
  redrive_allow_policy = jsonencode({ redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.q.arn] })
}

resource "aws_dynamodb_contributor_insights" "od" {
  table_name = aws_dynamodb_table.od.name
}

resource "aws_backup_selection" "s" {
  name         = "ddb"
  plan_id      = aws_backup_plan.p.id
  iam_role_arn = aws_iam_role.backup.arn
  resources    = [aws_dynamodb_table.od.arn]
}

resource "aws_sfn_state_machine" "s" {
  name       = "s"
  role_arn   = aws_iam_role.backup.arn
  definition = jsonencode({ StartAt = "A", States = { A = { Type = "Pass", End = true } } })
}

module "network" {
  source = "../modules/network"
  cidr   = "10.43.0.0/16"
}

resource "aws_kms_key" "main" {
  description             = "cart"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "main" {
  name          = "alias/cart-data"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_cloudwatch_log_group" "redis" {
  for_each          = toset(["slow", "engine"])
  name              = "/elasticache/cart/${each.key}"
  retention_in_days = 14
}

resource "aws_elasticache_subnet_group" "this" {
  name        = "cart"
  description = "cart"
  subnet_ids  = module.network.subnet_ids
}

resource "aws_elasticache_replication_group" "rg" {
  replication_group_id       = "cart-rg"
  description                = "cart"
  engine                     = "valkey"
  engine_version             = "8.0"
  node_type                  = "cache.r7g.large"
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.valkey.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [module.network.security_group_id]
  num_cache_clusters         = 3
  automatic_failover_enabled = true
  multi_az_enabled           = true
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.main.arn
  auth_token                 = data.aws_secretsmanager_random_password.token.random_password
  auth_token_update_strategy = "ROTATE"
  snapshot_retention_limit   = 7
  snapshot_window            = "03:00-05:00"
  maintenance_window         = "sun:05:30-sun:06:30"
  auto_minor_version_upgrade = true
  apply_immediately          = false
  final_snapshot_identifier  = "cart-rg-final"
  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.redis["slow"].name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "slow-log"
  }
  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.redis["engine"].name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "engine-log"
  }
  # Another one with every plan.
  lifecycle { ignore_changes = [auth_token] }
  timeouts {
    create = "3m"
    delete = "3m"
  }
}

resource "aws_elasticache_user" "app" {
  user_id       = "app"
  user_name     = "app"
  engine        = "VALKEY"
  access_string = "on ~* +@all"
  authentication_mode {
    type = "iam"
  }
}

resource "aws_elasticache_user" "default" {
  user_id       = "default-off"
  user_name     = "default"
  engine        = "REDIS"
  access_string = "off ~* -@all"
  authentication_mode {
    type = "no-password-required"
  }
}

module "network" {
  source = "../modules/network"
  cidr   = "10.42.0.0/16"
}

resource "aws_kms_key" "main" {
  description             = "cart"
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 7
  multi_region            = false
  policy                  = data.aws_iam_policy_document.kms.json
}

data "aws_iam_policy_document" "kms" {
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    sid       = "Logs"
    actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.here.name}.amazonaws.com"]
    }
    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["arn:aws:logs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:log-group:*"]
    }
  }
}

resource "aws_kms_alias" "main" {
  name          = "alias/cart-prod"
  target_key_id = aws_kms_key.main.key_id
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/ecs/cart-prod/app"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.main.arn
}

resource "aws_cloudwatch_log_group" "exec" {
  name              = "/ecs/cart-prod/exec"
  retention_in_days = 30
}

resource "aws_ecr_repository" "app" {
  name                 = "cart/app"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = false
  image_scanning_configuration { scan_on_push = true }
  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.main.arn
  }
}

resource "aws_ecr_lifecycle_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy = jsonencode({ rules = [
    { rulePriority = 1, description = "expire untagged", selection = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }, action = { type = "expire" } },
    { rulePriority = 2, description = "keep 50", selection = { tagStatus = "tagged", tagPrefixList = ["v"], countType = "imageCountMoreThan", countNumber = 50 }, action = { type = "expire" } },
    { rulePriority = 3, description = "keep any 100", selection = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 100 }, action = { type = "expire" } },
  ] })
}

resource "aws_ecr_lifecycle_policy" "pattern" {
  repository = aws_ecr_repository.app2.name
  policy = jsonencode({ rules = [
    { rulePriority = 1, description = "keep 50", selection = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 50 }, action = { type = "expire" } },
  ] })
}

resource "aws_ecr_repository" "app2" {
  name = "cart/app2"
}

resource "aws_ecr_repository_policy" "app" {
  repository = aws_ecr_repository.app.name
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "pull", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] }] })
}

resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "ENHANCED"
  rule {
    scan_frequency = "CONTINUOUS_SCAN"
    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}

resource "aws_service_discovery_http_namespace" "sc" {
  name        = "cart-prod"
  description = "service connect"
}

resource "aws_service_discovery_private_dns_namespace" "dns" {
  name = "cart.internal"
  vpc  = module.network.vpc_id
}

resource "aws_ecs_cluster" "this" {
  name = "cart-prod"
  setting {
    name  = "containerInsights"
    value = "enhanced"
  }
  configuration {
    execute_command_configuration {
      kms_key_id = aws_kms_key.main.arn
      logging    = "OVERRIDE"
      log_configuration {
        cloud_watch_log_group_name     = aws_cloudwatch_log_group.exec.name
        cloud_watch_encryption_enabled = true
      }
    }
  }
  service_connect_defaults { namespace = aws_service_discovery_http_namespace.sc.arn }
}

resource "aws_ecs_cluster_capacity_providers" "this" {
  cluster_name       = aws_ecs_cluster.this.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 2
    weight            = 1
  }
  default_capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    weight            = 3
  }
}

data "aws_iam_policy_document" "ecs_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_policy" "boundary" {
  name   = "cart-boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["dynamodb:*", "sqs:*", "events:PutEvents", "logs:*", "xray:*", "secretsmanager:GetSecretValue", "kms:Decrypt", "ecr:*", "ssmmessages:*"], Resource = "*" }] })
}

resource "aws_iam_role" "exec" {
  name                 = "cart-prod-exec"
  assume_role_policy   = data.aws_iam_policy_document.ecs_trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
  max_session_duration = 3600
  description          = "exec"
  path                 = "/cart/"
}

resource "aws_iam_role_policy_attachment" "exec" {
  role       = aws_iam_role.exec.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

data "aws_iam_policy_document" "exec" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [aws_secretsmanager_secret.s.arn]
  }
}

resource "aws_iam_policy" "exec" {
  name        = "cart-exec-secrets"
  description = "read secrets"
  policy      = data.aws_iam_policy_document.exec.json
}

resource "aws_iam_role_policy_attachment" "exec2" {
  role       = aws_iam_role.exec.name
  policy_arn = aws_iam_policy.exec.arn
}

resource "aws_iam_role" "task" {
  name                 = "cart-prod-task"
  assume_role_policy   = data.aws_iam_policy_document.ecs_trust.json
  permissions_boundary = aws_iam_policy.boundary.arn
}

resource "aws_iam_role_policy" "task" {
  name   = "task"
  role   = aws_iam_role.task.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["dynamodb:GetItem"], Resource = "*" }] })
}

resource "aws_iam_openid_connect_provider" "gh" {
  url             = "https://token.actions.githubusercontent.com"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["6938fd4d98bab03faadb97b34396831e3780aea1"]
}

resource "aws_iam_role" "gh" {
  name               = "cart-gh"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.gh.arn }, Condition = { StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }, StringLike = { "token.actions.githubusercontent.com:sub" = "repo:o/r:*" } } }] })
}

resource "aws_secretsmanager_secret" "s" {
  name                    = "cart/app"
  recovery_window_in_days = 0
  kms_key_id              = aws_kms_key.main.arn
}

resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ password = "x" })
}

resource "aws_ssm_parameter" "p" {
  name  = "/cart/p"
  type  = "String"
  value = "v"
}

resource "aws_ecs_task_definition" "app" {
  family                   = "cart-prod-app"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  execution_role_arn       = aws_iam_role.exec.arn
  task_role_arn            = aws_iam_role.task.arn
  track_latest             = false
  skip_destroy             = false
  enable_fault_injection   = false
  runtime_platform {
    cpu_architecture        = "ARM64"
    operating_system_family = "LINUX"
  }
  volume { name = "tmp" }
  container_definitions = jsonencode([
    {
      name                   = "app"
      image                  = "${aws_ecr_repository.app.repository_url}:v1"
      essential              = true
      user                   = "1000:1000"
      readonlyRootFilesystem = true
      stopTimeout            = 60
      portMappings           = [{ name = "http", containerPort = 8080, hostPort = 8080, protocol = "tcp", appProtocol = "http" }]
      environment            = [{ name = "LOG_LEVEL", value = "info" }, { name = "PORT", value = "8080" }]
      secrets                = [{ name = "REDIS_AUTH", valueFrom = "${aws_secretsmanager_secret.s.arn}:password::" }, { name = "PARAM", valueFrom = aws_ssm_parameter.p.arn }]
      healthCheck            = { command = ["CMD", "/bin/hc"], interval = 15, timeout = 5, retries = 3, startPeriod = 30 }
      linuxParameters        = { initProcessEnabled = true, capabilities = { drop = ["ALL"], add = [] } }
      ulimits                = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
      mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
      logConfiguration       = { logDriver = "awslogs", options = { "awslogs-group" = aws_cloudwatch_log_group.app.name, "awslogs-region" = data.aws_region.here.name, "awslogs-stream-prefix" = "app", mode = "non-blocking", "max-buffer-size" = "25m" } }
      dependsOn              = [{ containerName = "otel", condition = "START" }]
    },
    {
      name              = "otel"
      image             = "public.ecr.aws/aws-observability/aws-otel-collector:v0.40.0"
      essential         = false
      command           = ["--config=/etc/ecs/ecs-default-config.yaml"]
      cpu               = 64
      memoryReservation = 64
      logConfiguration  = { logDriver = "awslogs", options = { "awslogs-group" = aws_cloudwatch_log_group.app.name, "awslogs-region" = data.aws_region.here.name, "awslogs-stream-prefix" = "otel" } }
    }
  ])
}

resource "aws_security_group" "app" {
  name        = "app"
  vpc_id      = module.network.vpc_id
  description = "app"
}

resource "aws_lb" "this" {
  name               = "ecs"
  load_balancer_type = "application"
  security_groups    = [module.network.security_group_id]
  subnets            = module.network.subnet_ids
}

resource "aws_lb_target_group" "app" {
  name        = "ecs-app"
  port        = 8080
  protocol    = "HTTP"
  vpc_id      = module.network.vpc_id
  target_type = "ip"
}

resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app.arn
  }
}

variable "steady" {
  type    = bool
  default = true
}

resource "aws_ecs_service" "app" {
  name                               = "app"
  cluster                            = aws_ecs_cluster.this.id
  task_definition                    = aws_ecs_task_definition.app.arn
  desired_count                      = 3
  platform_version                   = "1.4.0"
  enable_execute_command             = true
  enable_ecs_managed_tags            = true
  propagate_tags                     = "SERVICE"
  health_check_grace_period_seconds  = 60
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  availability_zone_rebalancing      = "ENABLED"
  wait_for_steady_state              = var.steady
  force_new_deployment               = false
  capacity_provider_strategy {
    capacity_provider = "FARGATE"
    base              = 2
    weight            = 1
  }
  capacity_provider_strategy {
    capacity_provider = "FARGATE_SPOT"
    base              = 0
    weight            = 3
  }
  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }
  deployment_controller { type = "ECS" }
  network_configuration {
    subnets          = module.network.subnet_ids
    security_groups  = [aws_security_group.app.id]
    assign_public_ip = false
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.app.arn
    container_name   = "app"
    container_port   = 8080
  }
  alarms {
    enable      = true
    rollback    = true
    alarm_names = ["cart-5xx"]
  }
  lifecycle { ignore_changes = [desired_count] }
  timeouts {
    create = "4m"
    delete = "4m"
  }
  depends_on = [aws_lb_listener.l, aws_iam_role_policy.task, aws_ecs_cluster_capacity_providers.this]
}

resource "aws_ecs_service" "sc" {
  name            = "sc"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.app.arn
  desired_count   = 1
  launch_type     = "FARGATE"
  network_configuration {
    subnets         = module.network.subnet_ids
    security_groups = [aws_security_group.app.id]
  }
  service_connect_configuration {
    enabled   = true
    namespace = aws_service_discovery_http_namespace.sc.arn
    service {
      port_name      = "http"
      discovery_name = "cart"
      client_alias {
        port     = 80
        dns_name = "cart"
      }
    }
  }
  timeouts {
    create = "4m"
    delete = "4m"
  }
}

resource "aws_appautoscaling_target" "app" {
  min_capacity       = 3
  max_capacity       = 60
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.app.name}"
}

resource "aws_appautoscaling_policy" "cpu" {
  name               = "cpu"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = 55
    scale_in_cooldown  = 300
    scale_out_cooldown = 30
    predefined_metric_specification { predefined_metric_type = "ECSServiceAverageCPUUtilization" }
  }
}

resource "aws_appautoscaling_policy" "mem" {
  name               = "mem"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  target_tracking_scaling_policy_configuration {
    target_value     = 70
    disable_scale_in = false
    predefined_metric_specification { predefined_metric_type = "ECSServiceAverageMemoryUtilization" }
  }
}

resource "aws_appautoscaling_policy" "req" {
  name               = "req"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  target_tracking_scaling_policy_configuration {
    target_value       = 1000
    scale_in_cooldown  = 300
    scale_out_cooldown = 30
    predefined_metric_specification {
      predefined_metric_type = "ALBRequestCountPerTarget"
      resource_label         = "${aws_lb.this.arn_suffix}/${aws_lb_target_group.app.arn_suffix}"
    }
  }
}

resource "aws_appautoscaling_policy" "custom" {
  name               = "custom"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  target_tracking_scaling_policy_configuration {
    target_value = 100
    customized_metric_specification {
      metric_name = "ApproximateNumberOfMessagesVisible"
      namespace   = "AWS/SQS"
      statistic   = "Average"
      dimensions {
        name  = "QueueName"
        value = "q"
      }
    }
  }
}

resource "aws_appautoscaling_policy" "step" {
  name               = "step"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  step_scaling_policy_configuration {
    adjustment_type          = "PercentChangeInCapacity"
    cooldown                 = 60
    metric_aggregation_type  = "Maximum"
    min_adjustment_magnitude = 2
    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 50
    }
  }
}

resource "aws_appautoscaling_scheduled_action" "up" {
  name               = "up"
  service_namespace  = aws_appautoscaling_target.app.service_namespace
  scalable_dimension = aws_appautoscaling_target.app.scalable_dimension
  resource_id        = aws_appautoscaling_target.app.resource_id
  schedule           = "cron(0 7 ? * MON-FRI *)"
  timezone           = "Europe/Paris"
  scalable_target_action {
    min_capacity = 6
    max_capacity = 60
  }
}

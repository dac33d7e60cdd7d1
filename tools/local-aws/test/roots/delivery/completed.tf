# What moto as it is shipped does not have, or not well enough.

resource "aws_codestarconnections_connection" "gh" {
  name          = "cart-github"
  provider_type = "GitHub"
}

resource "aws_codeconnections_connection" "gh2" {
  name          = "cart-github2"
  provider_type = "GitHub"
}

resource "aws_codebuild_report_group" "r" {
  name = "cart"
  type = "TEST"
  export_config { type = "NO_EXPORT" }
}

resource "aws_codebuild_project" "b" {
  name                   = "cart-build"
  description            = "build"
  service_role           = aws_iam_role.cb.arn
  build_timeout          = 30
  queued_timeout         = 60
  encryption_key         = aws_kms_key.main.arn
  concurrent_build_limit = 2
  artifacts { type = "CODEPIPELINE" }
  cache {
    type  = "LOCAL"
    modes = ["LOCAL_DOCKER_LAYER_CACHE", "LOCAL_SOURCE_CACHE"]
  }
  environment {
    compute_type                = "BUILD_GENERAL1_SMALL"
    image                       = "aws/codebuild/amazonlinux2-aarch64-standard:3.0"
    type                        = "ARM_CONTAINER"
    privileged_mode             = true
    image_pull_credentials_type = "CODEBUILD"
    environment_variable {
      name  = "REPO"
      value = "cart"
    }
    environment_variable {
      name  = "SECRET"
      value = "cart/app"
      type  = "SECRETS_MANAGER"
    }
  }
  logs_config {
    cloudwatch_logs {
      group_name  = aws_cloudwatch_log_group.cb.name
      stream_name = "build"
      status      = "ENABLED"
    }
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = "cicd/buildspec.yml"
  }
}

resource "aws_codedeploy_app" "a" {
  name             = "cart"
  compute_platform = "ECS"
}

resource "aws_codedeploy_deployment_config" "c" {
  deployment_config_name = "cart-canary"
  compute_platform       = "ECS"
  traffic_routing_config {
    type = "TimeBasedCanary"
    time_based_canary {
      interval   = 5
      percentage = 10
    }
  }
}

resource "aws_codedeploy_deployment_group" "g" {
  app_name               = aws_codedeploy_app.a.name
  deployment_group_name  = "cart"
  service_role_arn       = aws_iam_role.cb.arn
  deployment_config_name = "CodeDeployDefault.ECSCanary10Percent5Minutes"
  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }
  alarm_configuration {
    enabled = true
    alarms  = ["cart-5xx"]
  }
  blue_green_deployment_config {
    deployment_ready_option { action_on_timeout = "CONTINUE_DEPLOYMENT" }
    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = 5
    }
  }
  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }
  ecs_service {
    cluster_name = "cart"
    service_name = "app"
  }
  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route { listener_arns = ["arn:aws:elasticloadbalancing:eu-west-1:${data.aws_caller_identity.me.account_id}:listener/app/x/y/z"] }
      target_group { name = "blue" }
      target_group { name = "green" }
    }
  }
}

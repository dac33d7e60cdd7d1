resource "aws_kms_key" "main" {
  description             = "cart"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_sns_topic" "alarm" {
  name              = "cart-alarms"
  kms_master_key_id = aws_kms_key.main.id
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/cart/app"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.main.arn
  log_group_class   = "STANDARD"
}

resource "aws_cloudwatch_log_metric_filter" "err" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.app.name
  pattern        = "{ $.level = \"error\" }"
  metric_transformation {
    name          = "AppErrors"
    namespace     = "Cart"
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_log_metric_filter" "dim" {
  name           = "dim"
  log_group_name = aws_cloudwatch_log_group.app.name
  pattern        = "{ $.latency = * }"
  metric_transformation {
    name       = "Latency"
    namespace  = "Cart"
    value      = "$.latency"
    dimensions = { route = "$.route" }
  }
}

resource "aws_cloudwatch_log_resource_policy" "r" {
  policy_name     = "events"
  policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = ["events.amazonaws.com", "delivery.logs.amazonaws.com"] }, Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = "arn:aws:logs:*:*:log-group:/aws/events/*:*" }] })
}

resource "aws_cloudwatch_dashboard" "d" {
  dashboard_name = "cart"
  dashboard_body = jsonencode({ widgets = [{ type = "metric", x = 0, y = 0, width = 12, height = 6, properties = { metrics = [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", "app/x/y", { stat = "p99" }]], period = 60, region = "eu-west-1", title = "p99", view = "timeSeries", stacked = false } }] })
}

resource "aws_cloudwatch_metric_alarm" "p99" {
  alarm_name                            = "cart-p99"
  alarm_description                     = "p99 > 300ms"
  namespace                             = "AWS/ApplicationELB"
  metric_name                           = "TargetResponseTime"
  extended_statistic                    = "p99"
  dimensions                            = { LoadBalancer = "app/x/y" }
  period                                = 60
  evaluation_periods                    = 5
  datapoints_to_alarm                   = 3
  threshold                             = 0.3
  comparison_operator                   = "GreaterThanThreshold"
  treat_missing_data                    = "notBreaching"
  evaluate_low_sample_count_percentiles = "ignore"
  alarm_actions                         = [aws_sns_topic.alarm.arn]
  ok_actions                            = [aws_sns_topic.alarm.arn]
  insufficient_data_actions             = []
}

resource "aws_cloudwatch_metric_alarm" "err_rate" {
  alarm_name          = "cart-5xx-rate"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 5
  threshold           = 1
  treat_missing_data  = "notBreaching"
  metric_query {
    id          = "rate"
    expression  = "100*m5/MAX([m1, 1])"
    label       = "5xx %"
    return_data = true
  }
  metric_query {
    id = "m5"
    metric {
      metric_name = "HTTPCode_Target_5XX_Count"
      namespace   = "AWS/ApplicationELB"
      period      = 60
      stat        = "Sum"
      dimensions  = { LoadBalancer = "app/x/y" }
    }
  }
  metric_query {
    id = "m1"
    metric {
      metric_name = "RequestCount"
      namespace   = "AWS/ApplicationELB"
      period      = 60
      stat        = "Sum"
      dimensions  = { LoadBalancer = "app/x/y" }
    }
  }
  alarm_actions = [aws_sns_topic.alarm.arn]
}

resource "aws_cloudwatch_metric_alarm" "anomaly" {
  alarm_name          = "cart-anomaly"
  comparison_operator = "LessThanLowerOrGreaterThanUpperThreshold"
  evaluation_periods  = 3
  threshold_metric_id = "ad"
  metric_query {
    id          = "ad"
    expression  = "ANOMALY_DETECTION_BAND(m, 2)"
    label       = "band"
    return_data = true
  }
  metric_query {
    id          = "m"
    return_data = true
    metric {
      metric_name = "RequestCount"
      namespace   = "AWS/ApplicationELB"
      period      = 300
      stat        = "Sum"
      dimensions  = { LoadBalancer = "app/x/y" }
    }
  }
}

resource "aws_ce_cost_category" "c" {
  name         = "cart"
  rule_version = "CostCategoryExpression.v1"
  rule {
    value = "cart"
    rule {
      tags {
        key           = "Project"
        values        = ["cart"]
        match_options = ["EQUALS"]
      }
    }
  }
}

resource "aws_s3_bucket" "trail" {
  bucket        = "cart-trail-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_policy" "trail" {
  bucket = aws_s3_bucket.trail.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Principal = { Service = "cloudtrail.amazonaws.com" }, Action = "s3:GetBucketAcl", Resource = aws_s3_bucket.trail.arn }] })
}

resource "aws_guardduty_detector" "g" {
  enable = true
}

resource "aws_inspector2_enabler" "i" {
  account_ids    = [data.aws_caller_identity.me.account_id]
  resource_types = ["ECR"]
}

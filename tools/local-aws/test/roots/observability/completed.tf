# What moto as it is shipped does not have, or not well enough.

resource "aws_cloudwatch_log_data_protection_policy" "p" {
  log_group_name  = aws_cloudwatch_log_group.app.name
  policy_document = jsonencode({ Name = "pii", Version = "2021-06-01", Statement = [{ Sid = "Audit", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Audit = { FindingsDestination = {} } } }, { Sid = "Redact", DataIdentifier = ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"], Operation = { Deidentify = { MaskConfig = {} } } }] })
}

resource "aws_cloudwatch_query_definition" "q" {
  name            = "cart/errors"
  log_group_names = [aws_cloudwatch_log_group.app.name]
  query_string    = "fields @timestamp, @message | filter level='error' | limit 20"
}

resource "aws_cloudwatch_composite_alarm" "c" {
  alarm_name        = "cart-sev1"
  alarm_description = "sev1"
  alarm_rule        = "ALARM(${aws_cloudwatch_metric_alarm.p99.alarm_name}) AND ALARM(${aws_cloudwatch_metric_alarm.err_rate.alarm_name})"
  alarm_actions     = [aws_sns_topic.alarm.arn]
  ok_actions        = [aws_sns_topic.alarm.arn]
  actions_suppressor {
    alarm            = aws_cloudwatch_metric_alarm.anomaly.alarm_name
    extension_period = 60
    wait_period      = 120
  }
}

resource "aws_xray_group" "g" {
  group_name        = "cart"
  filter_expression = "service(\"cart\") AND fault"
  insights_configuration {
    insights_enabled      = true
    notifications_enabled = true
  }
}

resource "aws_xray_sampling_rule" "s" {
  rule_name      = "cart"
  priority       = 100
  version        = 1
  reservoir_size = 5
  fixed_rate     = 0.05
  url_path       = "/v1/*"
  host           = "*"
  http_method    = "*"
  service_type   = "*"
  service_name   = "cart"
  resource_arn   = "*"
}

resource "aws_xray_encryption_config" "e" {
  type   = "KMS"
  key_id = aws_kms_key.main.arn
}

resource "aws_budgets_budget" "m" {
  name              = "cart-monthly"
  budget_type       = "COST"
  limit_amount      = "5000.0"
  limit_unit        = "USD"
  time_unit         = "MONTHLY"
  time_period_start = "2025-01-01_00:00"
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:Project$cart"]
  }
  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "ACTUAL"
    subscriber_sns_topic_arns = [aws_sns_topic.alarm.arn]
  }
  notification {
    comparison_operator        = "GREATER_THAN"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = ["finops@example.com"]
  }
}

resource "aws_cloudtrail" "t" {
  name                          = "cart"
  s3_bucket_name                = aws_s3_bucket.trail.id
  enable_log_file_validation    = true
  is_multi_region_trail         = true
  include_global_service_events = true
  kms_key_id                    = aws_kms_key.main.arn
  depends_on                    = [aws_s3_bucket_policy.trail]
}

resource "aws_cloudwatch_event_bus" "b" {
  name               = "cart"
  description        = "cart events"
  kms_key_identifier = aws_kms_key.main.arn
  dead_letter_config { arn = aws_sqs_queue.dlq.arn }
}

resource "aws_cloudwatch_event_bus" "plain" {
  name = "cart-plain"
}

resource "aws_cloudwatch_event_bus_policy" "b" {
  event_bus_name = aws_cloudwatch_event_bus.plain.name
  policy         = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "put", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "events:PutEvents", Resource = aws_cloudwatch_event_bus.plain.arn }] })
}

resource "aws_cloudwatch_event_archive" "a" {
  name             = "cart"
  event_source_arn = aws_cloudwatch_event_bus.plain.arn
  retention_days   = 30
  description      = "replay"
  event_pattern    = jsonencode({ source = ["cart.checkout"] })
}

resource "aws_cloudwatch_event_rule" "r" {
  name           = "cart-checked-out"
  event_bus_name = aws_cloudwatch_event_bus.plain.name
  description    = "checkout"
  state          = "ENABLED"
  event_pattern  = jsonencode({ source = ["cart.checkout"], "detail-type" = ["CartCheckedOut"], detail = { total = [{ numeric = [">", 0] }], country = [{ "anything-but" = ["XX"] }] } })
}

resource "aws_cloudwatch_event_target" "t" {
  rule           = aws_cloudwatch_event_rule.r.name
  event_bus_name = aws_cloudwatch_event_bus.plain.name
  target_id      = "orders"
  arn            = aws_sqs_queue.q.arn
  dead_letter_config { arn = aws_sqs_queue.dlq.arn }
  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 10
  }
}

resource "aws_cloudwatch_event_target" "fifo" {
  rule           = aws_cloudwatch_event_rule.r.name
  event_bus_name = aws_cloudwatch_event_bus.plain.name
  target_id      = "fifo"
  arn            = aws_sqs_queue.fifo.arn
  sqs_target { message_group_id = "g" }
  input_transformer {
    input_paths    = { id = "$.detail.id" }
    input_template = "{\"id\": <id>}"
  }
}

resource "aws_cloudwatch_event_target" "log" {
  rule           = aws_cloudwatch_event_rule.r.name
  event_bus_name = aws_cloudwatch_event_bus.plain.name
  target_id      = "log"
  arn            = aws_cloudwatch_log_group.ev.arn
}

resource "aws_cloudwatch_log_group" "ev" {
  name = "/aws/events/cart"
}

resource "aws_cloudwatch_event_rule" "sched" {
  name                = "sched"
  schedule_expression = "rate(5 minutes)"
}

resource "aws_scheduler_schedule_group" "g" {
  name = "cart"
}

resource "aws_scheduler_schedule" "s" {
  name                = "cart"
  group_name          = aws_scheduler_schedule_group.g.name
  schedule_expression = "rate(1 hours)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_sqs_queue.q.arn
    role_arn = aws_iam_role.pipe.arn
    dead_letter_config { arn = aws_sqs_queue.dlq.arn }
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 10
    }
  }
}

resource "aws_sqs_queue" "dlq" {
  name                      = "cart-dlq"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_sqs_queue" "q" {
  name                              = "cart-orders"
  visibility_timeout_seconds        = 60
  message_retention_seconds         = 345600
  receive_wait_time_seconds         = 20
  max_message_size                  = 262144
  delay_seconds                     = 0
  kms_master_key_id                 = aws_kms_key.main.arn
  kms_data_key_reuse_period_seconds = 300
  redrive_policy                    = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 5 })
}

resource "aws_sqs_queue" "sse" {
  name                    = "cart-sse"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "fifo" {
  name                        = "cart.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
}

resource "aws_sqs_queue_redrive_policy" "sse" {
  queue_url      = aws_sqs_queue.sse.id
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 4 })
}

data "aws_iam_policy_document" "q" {
  statement {
    sid       = "events"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.q.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "sns.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.r.arn]
    }
  }
  statement {
    sid       = "tls"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.q.arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.id
  policy    = data.aws_iam_policy_document.q.json
}

resource "aws_iam_role" "pipe" {
  name               = "pipe"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["pipes.amazonaws.com", "scheduler.amazonaws.com"] }, Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.me.account_id } } }] })
}

resource "aws_cloudwatch_log_group" "pipe" {
  name = "/aws/vendedlogs/pipes/cart"
}

resource "aws_pipes_pipe" "p" {
  name          = "cart-outbox"
  description   = "outbox"
  role_arn      = aws_iam_role.pipe.arn
  source        = aws_dynamodb_table.od.stream_arn
  target        = aws_cloudwatch_event_bus.plain.arn
  desired_state = "RUNNING"
  source_parameters {
    filter_criteria {
      filter { pattern = jsonencode({ eventName = ["INSERT"], dynamodb = { NewImage = { type = { S = ["OUTBOX"] } } } }) }
    }
    dynamodb_stream_parameters {
      starting_position                  = "TRIM_HORIZON"
      batch_size                         = 10
      maximum_batching_window_in_seconds = 1
      maximum_record_age_in_seconds      = 86400
      maximum_retry_attempts             = 20
      on_partial_batch_item_failure      = "AUTOMATIC_BISECT"
      parallelization_factor             = 4
      dead_letter_config { arn = aws_sqs_queue.dlq.arn }
    }
  }
  target_parameters {
    eventbridge_event_bus_parameters {
      detail_type = "CartCheckedOut"
      source      = "cart.checkout"
    }
    input_template = "{\"id\": \"<$.dynamodb.NewImage.pk.S>\"}"
  }
  log_configuration {
    level                  = "ERROR"
    include_execution_data = ["ALL"]
    cloudwatch_logs_log_destination { log_group_arn = aws_cloudwatch_log_group.pipe.arn }
  }
  timeouts {
    create = "3m"
    delete = "3m"
  }
}

resource "aws_sns_topic" "t" {
  name              = "cart-alerts"
  kms_master_key_id = aws_kms_key.main.id
  tracing_config    = "Active"
}

resource "aws_sns_topic_policy" "t" {
  arn    = aws_sns_topic.t.arn
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "cw", Effect = "Allow", Principal = { Service = "cloudwatch.amazonaws.com" }, Action = "sns:Publish", Resource = aws_sns_topic.t.arn }] })
}

resource "aws_sns_topic_subscription" "q" {
  topic_arn            = aws_sns_topic.t.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.q.arn
  raw_message_delivery = true
  filter_policy        = jsonencode({ type = ["order"] })
  filter_policy_scope  = "MessageBody"
  redrive_policy       = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn })
}

resource "aws_sns_topic_subscription" "email" {
  topic_arn = aws_sns_topic.t.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}

resource "aws_sns_topic" "fifo" {
  name                        = "cart.fifo"
  fifo_topic                  = true
  content_based_deduplication = true
}

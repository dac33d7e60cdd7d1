resource "aws_dynamodb_table" "od" {
  name                        = "cart-od"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "pk"
  range_key                   = "sk"
  table_class                 = "STANDARD"
  deletion_protection_enabled = var.protect
  stream_enabled              = true
  stream_view_type            = "NEW_AND_OLD_IMAGES"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "sk"
    type = "S"
  }
  attribute {
    name = "gsi1pk"
    type = "S"
  }
  attribute {
    name = "gsi1sk"
    type = "N"
  }
  global_secondary_index {
    name               = "gsi1"
    hash_key           = "gsi1pk"
    range_key          = "gsi1sk"
    projection_type    = "INCLUDE"
    non_key_attributes = ["status", "total"]
  }
  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
  point_in_time_recovery { enabled = true }
  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.main.arn
  }
}

variable "protect" {
  type    = bool
  default = false
}

resource "aws_dynamodb_table" "pitr35" {
  name         = "cart-pitr35"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  on_demand_throughput {
    max_read_request_units  = 1000
    max_write_request_units = 1000
  }
  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = 14
  }
  server_side_encryption { enabled = true }
}

resource "aws_dynamodb_table" "prov" {
  name           = "cart-prov"
  billing_mode   = "PROVISIONED"
  read_capacity  = 10
  write_capacity = 10
  hash_key       = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  attribute {
    name = "g"
    type = "S"
  }
  global_secondary_index {
    name            = "g"
    hash_key        = "g"
    projection_type = "ALL"
    read_capacity   = 5
    write_capacity  = 5
  }
  point_in_time_recovery { enabled = true }
  lifecycle { ignore_changes = [read_capacity, write_capacity] }
}

resource "aws_dynamodb_resource_policy" "od" {
  resource_arn = aws_dynamodb_table.od.arn
  policy       = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "x", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "dynamodb:*", Resource = aws_dynamodb_table.od.arn }] })
}

resource "aws_dynamodb_table_item" "i" {
  table_name = aws_dynamodb_table.prov.name
  hash_key   = "pk"
  item       = jsonencode({ pk = { S = "seed" }, v = { N = "1" } })
}

resource "aws_backup_vault" "v" {
  name = "cart"
}

resource "aws_backup_plan" "p" {
  name = "cart"
  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.v.name
    schedule          = "cron(0 5 ? * * *)"
    lifecycle { delete_after = 35 }
  }
}

resource "aws_iam_role" "backup" {
  name               = "backup"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "backup.amazonaws.com" } }] })
}

data "aws_secretsmanager_random_password" "token" {
  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "a" {
  name                    = "cart/redis-auth"
  description             = "redis"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "a" {
  secret_id     = aws_secretsmanager_secret.a.id
  secret_string = data.aws_secretsmanager_random_password.token.random_password
  lifecycle { ignore_changes = [secret_string] }
}

ephemeral "aws_secretsmanager_random_password" "e" {
  password_length     = 32
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "wo" {
  name                    = "cart/wo"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "wo" {
  secret_id                = aws_secretsmanager_secret.wo.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.e.random_password
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret_policy" "wo" {
  secret_arn          = aws_secretsmanager_secret.wo.arn
  block_public_policy = true
  policy              = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "a", Effect = "Allow", Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }, Action = "secretsmanager:GetSecretValue", Resource = "*" }] })
}

ephemeral "aws_secretsmanager_secret_version" "back" {
  secret_id = aws_secretsmanager_secret_version.wo.secret_id
}

resource "aws_ssm_parameter" "wo" {
  name             = "/cart/wo"
  type             = "SecureString"
  key_id           = aws_kms_key.main.arn
  value_wo         = ephemeral.aws_secretsmanager_secret_version.back.secret_string
  value_wo_version = 1
}

resource "aws_ssm_parameter" "s" {
  name            = "/cart/log-level"
  type            = "String"
  value           = "info"
  tier            = "Standard"
  description     = "log level"
  allowed_pattern = "^(debug|info|warn)$"
}

resource "aws_ssm_parameter" "sec" {
  name   = "/cart/sec"
  type   = "SecureString"
  value  = "x"
  key_id = aws_kms_key.main.arn
}

resource "aws_ssm_parameter" "list" {
  name  = "/cart/list"
  type  = "StringList"
  value = "a,b"
  tier  = "Advanced"
}

resource "aws_iam_role" "rot" {
  name               = "rot"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
}

# Lambda would make it by itself, and leave it.
resource "aws_cloudwatch_log_group" "rot" {
  name              = "/aws/lambda/rot"
  retention_in_days = 7
}

resource "aws_lambda_function" "rot" {
  depends_on = [aws_cloudwatch_log_group.rot]

  function_name = "rot"
  role          = aws_iam_role.rot.arn
  runtime       = "nodejs20.x"
  handler       = "index.handler"
  architectures = ["arm64"]
  s3_bucket     = aws_s3_object.code.bucket
  s3_key        = aws_s3_object.code.key
  tracing_config { mode = "Active" }
  reserved_concurrent_executions = 1
}

resource "aws_lambda_permission" "rot" {
  function_name = aws_lambda_function.rot.function_name
  action        = "lambda:InvokeFunction"
  principal     = "secretsmanager.amazonaws.com"
  source_arn    = aws_secretsmanager_secret.a.arn
}

resource "aws_secretsmanager_secret_rotation" "a" {
  secret_id           = aws_secretsmanager_secret.a.id
  rotation_lambda_arn = aws_lambda_function.rot.arn
  rotate_immediately  = false
  rotation_rules { automatically_after_days = 30 }
  depends_on = [aws_lambda_permission.rot]
}

resource "aws_s3_bucket" "code" {
  bucket = "cart-code-${data.aws_caller_identity.me.account_id}"
}

resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.code.bucket
  key    = "rotation.zip"
  # A zip of one index.js.
  content_base64 = "UEsDBBQAAAAAABNIdV00F2L+HQAAAB0AAAAIAAAAaW5kZXguanNleHBvcnRzLmhhbmRsZXI9YXN5bmMoKT0+KHt9KVBLAQIUAxQAAAAAABNIdV00F2L+HQAAAB0AAAAIAAAAAAAAAAAAAACAAQAAAABpbmRleC5qc1BLBQYAAAAAAQABADYAAABDAAAAAAA="
}

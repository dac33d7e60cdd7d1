resource "aws_kms_key" "main" {
  description             = "cart"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_s3_bucket" "art" {
  bucket        = "cart-artifacts-${data.aws_caller_identity.me.account_id}"
  force_destroy = false
}

resource "aws_s3_bucket_versioning" "art" {
  bucket = aws_s3_bucket.art.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "art" {
  bucket = aws_s3_bucket.art.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.main.arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "art" {
  bucket                  = aws_s3_bucket.art.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "art" {
  bucket = aws_s3_bucket.art.id
  rule { object_ownership = "BucketOwnerEnforced" }
}

resource "aws_s3_bucket_lifecycle_configuration" "art" {
  bucket = aws_s3_bucket.art.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter { prefix = "" }
    expiration { days = 90 }
    noncurrent_version_expiration { noncurrent_days = 30 }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
  depends_on = [aws_s3_bucket_versioning.art]
}

resource "aws_s3_bucket_logging" "art" {
  bucket        = aws_s3_bucket.art.id
  target_bucket = aws_s3_bucket.log.id
  target_prefix = "art/"
  depends_on    = [aws_s3_bucket_policy.log]
}

resource "aws_s3_bucket" "log" {
  bucket = "cart-access-logs-${data.aws_caller_identity.me.account_id}"
  # Access logs are really written.
  force_destroy = true
}

resource "aws_s3_bucket_policy" "log" {
  bucket = aws_s3_bucket.log.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "log", Effect = "Allow", Principal = { Service = "logging.s3.amazonaws.com" }, Action = "s3:PutObject", Resource = "${aws_s3_bucket.log.arn}/*" }] })
}

resource "aws_s3_bucket_notification" "art" {
  bucket      = aws_s3_bucket.art.id
  eventbridge = true
}

data "aws_iam_policy_document" "tls" {
  statement {
    sid       = "Tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.art.arn, "${aws_s3_bucket.art.arn}/*"]
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

resource "aws_s3_bucket_policy" "art" {
  bucket     = aws_s3_bucket.art.id
  policy     = data.aws_iam_policy_document.tls.json
  depends_on = [aws_s3_bucket_public_access_block.art]
}

resource "aws_iam_role" "cb" {
  name               = "cb"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = ["codebuild.amazonaws.com", "codepipeline.amazonaws.com", "codedeploy.amazonaws.com"] } }] })
}

resource "aws_iam_role_policy" "cb" {
  role   = aws_iam_role.cb.id
  name   = "cb"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*"], Resource = aws_s3_bucket.art.arn }] })
}

resource "aws_cloudwatch_log_group" "cb" {
  name              = "/codebuild/cart"
  retention_in_days = 30
}

resource "aws_codebuild_project" "min" {
  name         = "cart-min"
  service_role = aws_iam_role.cb.arn
  artifacts { type = "CODEPIPELINE" }
  environment {
    compute_type    = "BUILD_GENERAL1_SMALL"
    image           = "aws/codebuild/amazonlinux2-aarch64-standard:3.0"
    type            = "ARM_CONTAINER"
    privileged_mode = true
  }
  source {
    type      = "CODEPIPELINE"
    buildspec = "cicd/buildspec.yml"
  }
}

resource "aws_codepipeline" "p" {
  name           = "cart"
  role_arn       = aws_iam_role.cb.arn
  pipeline_type  = "V2"
  execution_mode = "QUEUED"
  artifact_store {
    location = aws_s3_bucket.art.bucket
    type     = "S3"
    encryption_key {
      id   = aws_kms_key.main.arn
      type = "KMS"
    }
  }
  stage {
    name = "Source"
    action {
      name             = "GitHub"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["src"]
      namespace        = "SourceVariables"
      configuration = {
        ConnectionArn        = aws_codestarconnections_connection.gh.arn
        FullRepositoryId     = "owner/name"
        BranchName           = "main"
        OutputArtifactFormat = "CODEBUILD_CLONE_REF"
        DetectChanges        = "true"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name             = "Build"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["src"]
      output_artifacts = ["build"]
      run_order        = 1
      configuration    = { ProjectName = aws_codebuild_project.min.name }
    }
  }
  stage {
    name = "Approve"
    action {
      name          = "Approve"
      category      = "Approval"
      owner         = "AWS"
      provider      = "Manual"
      version       = "1"
      configuration = { CustomData = "ok?" }
    }
  }
  stage {
    name = "Deploy"
    on_failure { result = "ROLLBACK" }
    action {
      name            = "Deploy"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "ECS"
      version         = "1"
      input_artifacts = ["build"]
      configuration   = { ClusterName = "cart", ServiceName = "app", FileName = "imagedefinitions.json" }
    }
  }
  trigger {
    provider_type = "CodeStarSourceConnection"
    git_configuration {
      source_action_name = "GitHub"
      push {
        branches { includes = ["main"] }
        file_paths { includes = ["app/**"] }
      }
    }
  }
  variable {
    name          = "IMAGE_TAG"
    default_value = "latest"
    description   = "tag"
  }
}

resource "aws_codepipeline" "v1" {
  name     = "cart-v1"
  role_arn = aws_iam_role.cb.arn
  artifact_store {
    location = aws_s3_bucket.art.bucket
    type     = "S3"
    encryption_key {
      id   = aws_kms_key.main.arn
      type = "KMS"
    }
  }
  stage {
    name = "Source"
    action {
      name             = "GitHub"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["src"]
      configuration = {
        ConnectionArn    = aws_codestarconnections_connection.gh.arn
        FullRepositoryId = "owner/name"
        BranchName       = "main"
      }
    }
  }
  stage {
    name = "Build"
    action {
      name             = "Build"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      input_artifacts  = ["src"]
      output_artifacts = ["build"]
      configuration    = { ProjectName = aws_codebuild_project.min.name }
    }
  }
}

resource "aws_sns_topic" "n" {
  name = "pipeline"
}

resource "aws_codestarnotifications_notification_rule" "n" {
  name           = "cart"
  detail_type    = "FULL"
  resource       = aws_codepipeline.v1.arn
  event_type_ids = ["codepipeline-pipeline-pipeline-execution-failed"]
  target { address = aws_sns_topic.n.arn }
}

resource "aws_cloudwatch_event_rule" "pipe" {
  name          = "cart-pipeline-failed"
  event_pattern = jsonencode({ source = ["aws.codepipeline"], "detail-type" = ["CodePipeline Pipeline Execution State Change"], detail = { state = ["FAILED"], pipeline = [aws_codepipeline.v1.name] } })
}

resource "aws_cloudwatch_event_target" "pipe" {
  rule = aws_cloudwatch_event_rule.pipe.name
  arn  = aws_sns_topic.n.arn
}

resource "aws_ecr_repository" "ca" {
  name = "cacheimg"
}

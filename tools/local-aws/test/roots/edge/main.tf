module "network" {
  source = "../modules/network"
  cidr   = "10.44.0.0/16"
}

provider "aws" {
  alias       = "use1"
  region      = "us-east-1"
  max_retries = 3
  default_tags { tags = { Project = "cart" } }
}

# --- logs bucket
resource "aws_s3_bucket" "logs" {
  bucket        = "cart-logs-${data.aws_caller_identity.me.account_id}"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule { object_ownership = "BucketOwnerPreferred" }
}

resource "aws_s3_bucket_acl" "logs" {
  depends_on = [aws_s3_bucket_ownership_controls.logs]
  bucket     = aws_s3_bucket.logs.id
  acl        = "log-delivery-write"
}

resource "aws_s3_bucket_public_access_block" "logs" {
  bucket                  = aws_s3_bucket.logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    transition {
      days          = 30
      storage_class = "STANDARD_IA"
    }
    expiration { days = 365 }
    noncurrent_version_expiration { noncurrent_days = 30 }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

resource "aws_s3_bucket_versioning" "logs" {
  bucket = aws_s3_bucket.logs.id
  versioning_configuration { status = "Enabled" }
}

data "aws_elb_service_account" "this" {}
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "AlbLogs"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.logs.arn}/alb/*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_elb_service_account.this.arn]
    }
  }
  statement {
    sid       = "Tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
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

resource "aws_s3_bucket_policy" "logs" {
  bucket     = aws_s3_bucket.logs.id
  policy     = data.aws_iam_policy_document.logs.json
  depends_on = [aws_s3_bucket_public_access_block.logs]
}

# --- zone + cert
resource "aws_route53_zone" "this" {
  name          = "cart.example.com"
  comment       = "cart"
  force_destroy = false
}

resource "aws_acm_certificate" "alb" {
  domain_name               = "api.cart.example.com"
  subject_alternative_names = ["origin.cart.example.com"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"
  lifecycle { create_before_destroy = true }
}

resource "aws_route53_record" "cert" {
  for_each        = { for o in aws_acm_certificate.alb.domain_validation_options : o.domain_name => o }
  zone_id         = aws_route53_zone.this.zone_id
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  records         = [each.value.resource_record_value]
  ttl             = 60
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "alb" {
  certificate_arn         = aws_acm_certificate.alb.arn
  validation_record_fqdns = [for r in aws_route53_record.cert : r.fqdn]
  timeouts { create = "5m" }
}

resource "aws_acm_certificate" "cf" {
  provider          = aws.use1
  domain_name       = "api.cart.example.com"
  validation_method = "DNS"
  lifecycle { create_before_destroy = true }
}

resource "aws_acm_certificate_validation" "cf" {
  provider        = aws.use1
  certificate_arn = aws_acm_certificate.cf.arn
  timeouts { create = "5m" }
}

# --- ALB
resource "aws_lb" "this" {
  name                             = "cart-prod"
  load_balancer_type               = "application"
  internal                         = false
  security_groups                  = [module.network.security_group_id]
  subnets                          = module.network.subnet_ids
  drop_invalid_header_fields       = true
  enable_deletion_protection       = var.protect
  enable_http2                     = true
  desync_mitigation_mode           = "defensive"
  idle_timeout                     = 60
  preserve_host_header             = true
  enable_cross_zone_load_balancing = true
  access_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "alb"
    enabled = true
  }
  connection_logs {
    bucket  = aws_s3_bucket.logs.id
    prefix  = "alb-conn"
    enabled = true
  }
  depends_on = [aws_s3_bucket_policy.logs]
}

variable "protect" {
  type    = bool
  default = false
}

resource "aws_lb_target_group" "app" {
  for_each                      = toset(["blue", "green"])
  name                          = "cart-prod-${each.key}"
  port                          = 8080
  protocol                      = "HTTP"
  protocol_version              = "HTTP1"
  vpc_id                        = module.network.vpc_id
  target_type                   = "ip"
  deregistration_delay          = 30
  slow_start                    = 30
  load_balancing_algorithm_type = "round_robin"
  health_check {
    enabled             = true
    path                = "/healthz"
    protocol            = "HTTP"
    port                = "traffic-port"
    matcher             = "200"
    interval            = 15
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
  stickiness {
    type    = "lb_cookie"
    enabled = false
  }
  lifecycle { create_before_destroy = true }
}

resource "aws_lb_target_group" "lor" {
  name                          = "cart-lor"
  port                          = 8080
  protocol                      = "HTTP"
  vpc_id                        = module.network.vpc_id
  target_type                   = "ip"
  deregistration_delay          = 30
  load_balancing_algorithm_type = "least_outstanding_requests"
  health_check {
    path    = "/readyz"
    matcher = "200-299"
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"
  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate_validation.alb.certificate_arn
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "application/json"
      message_body = "{\"error\":\"not found\"}"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "https_fwd" {
  load_balancer_arn                                            = aws_lb.this.arn
  port                                                         = 8443
  protocol                                                     = "HTTPS"
  ssl_policy                                                   = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn                                              = aws_acm_certificate_validation.alb.certificate_arn
  routing_http_response_strict_transport_security_header_value = "max-age=31536000; includeSubDomains"
  routing_http_response_server_enabled                         = false
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.lor.arn
  }
}

resource "aws_lb_listener_certificate" "extra" {
  listener_arn    = aws_lb_listener.https.arn
  certificate_arn = aws_acm_certificate.alb.arn
}

resource "aws_lb_listener_rule" "api" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.app["blue"].arn
  }
  condition {
    path_pattern { values = ["/v1/*", "/healthz"] }
  }
  condition {
    http_header {
      http_header_name = "X-Origin-Verify"
      values           = ["from-the-distribution"]
    }
  }
  lifecycle { ignore_changes = [action] }
}

resource "aws_lb_listener_rule" "weighted" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 20
  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.app["blue"].arn
        weight = 90
      }
      target_group {
        arn    = aws_lb_target_group.app["green"].arn
        weight = 10
      }
      stickiness {
        enabled  = false
        duration = 1
      }
    }
  }
  condition {
    host_header { values = ["canary.cart.example.com"] }
  }
}

resource "aws_lb_listener_rule" "fixed" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 30
  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "forbidden"
      status_code  = "403"
    }
  }
  condition {
    path_pattern { values = ["/internal/*"] }
  }
  condition {
    http_request_method { values = ["GET", "POST"] }
  }
}

resource "aws_route53_record" "alias" {
  for_each = toset(["A", "AAAA"])
  zone_id  = aws_route53_zone.this.zone_id
  name     = "origin.cart.example.com"
  type     = each.key
  alias {
    name                   = aws_lb.this.dns_name
    zone_id                = aws_lb.this.zone_id
    evaluate_target_health = true
  }
}

resource "aws_route53_record" "caa" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "cart.example.com"
  type    = "CAA"
  ttl     = 300
  records = ["0 issue \"amazon.com\""]
}

resource "aws_route53_health_check" "api" {
  fqdn              = "api.cart.example.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/healthz"
  failure_threshold = 3
  request_interval  = 30
}

# --- WAF
locals {
  managed = { AWSManagedRulesCommonRuleSet = 10, AWSManagedRulesKnownBadInputsRuleSet = 20, AWSManagedRulesAmazonIpReputationList = 30 }
}

resource "aws_wafv2_ip_set" "block" {
  name               = "blocked"
  description        = "blocked"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = ["198.51.100.0/24"]
}

resource "aws_wafv2_web_acl" "alb" {
  name        = "cart-prod-alb"
  description = "ALB ACL"
  scope       = "REGIONAL"
  default_action {
    allow {}
  }
  dynamic "rule" {
    for_each = local.managed
    content {
      name     = rule.key
      priority = rule.value
      override_action {
        none {}
      }
      statement {
        managed_rule_group_statement {
          name        = rule.key
          vendor_name = "AWS"
        }
      }
      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }
  rule {
    name     = "rate"
    priority = 1
    action {
      block {
        custom_response { response_code = 429 }
      }
    }
    statement {
      rate_based_statement {
        limit                 = 2000
        aggregate_key_type    = "IP"
        evaluation_window_sec = 300
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
      sampled_requests_enabled   = true
    }
  }
  rule {
    name     = "ipblock"
    priority = 2
    action {
      block {}
    }
    statement {
      ip_set_reference_statement { arn = aws_wafv2_ip_set.block.arn }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "ipblock"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "alb"
    sampled_requests_enabled   = true
  }
}

resource "aws_wafv2_web_acl_association" "alb" {
  resource_arn = aws_lb.this.arn
  web_acl_arn  = aws_wafv2_web_acl.alb.arn
}

resource "aws_cloudwatch_log_group" "waf" {
  name              = "aws-waf-logs-cart"
  retention_in_days = 90
}

resource "aws_wafv2_web_acl_logging_configuration" "alb" {
  resource_arn            = aws_wafv2_web_acl.alb.arn
  log_destination_configs = [aws_cloudwatch_log_group.waf.arn]
  redacted_fields {
    single_header { name = "authorization" }
  }
  logging_filter {
    default_behavior = "DROP"
    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"
      condition {
        action_condition { action = "BLOCK" }
      }
    }
  }
}

resource "aws_wafv2_web_acl" "cf" {
  provider = aws.use1
  name     = "cart-prod-cf"
  scope    = "CLOUDFRONT"
  default_action {
    allow {}
  }
  rule {
    name     = "common"
    priority = 1
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "cf"
    sampled_requests_enabled   = true
  }
}

# --- CloudFront

resource "aws_cloudfront_distribution" "this" {
  enabled             = true
  is_ipv6_enabled     = true
  comment             = "cart"
  http_version        = "http2and3"
  price_class         = "PriceClass_100"
  aliases             = ["api.cart.example.com"]
  web_acl_id          = aws_wafv2_web_acl.cf.arn
  wait_for_deployment = true
  origin {
    origin_id   = "alb"
    domain_name = "origin.cart.example.com"
    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_keepalive_timeout = 60
      origin_read_timeout      = 30
    }
    custom_header {
      name  = "X-Origin-Verify"
      value = "from-the-distribution"
    }
    origin_shield {
      enabled              = true
      origin_shield_region = "eu-west-1"
    }
  }
  default_cache_behavior {
    target_origin_id           = "alb"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = data.aws_cloudfront_cache_policy.disabled.id
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.all.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.sec.id
  }
  logging_config {
    bucket          = aws_s3_bucket.logs.bucket_domain_name
    prefix          = "cf/"
    include_cookies = false
  }
  restrictions {
    geo_restriction { restriction_type = "none" }
  }
  viewer_certificate {
    acm_certificate_arn      = aws_acm_certificate.cf.arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021"
  }
}

resource "aws_route53_record" "cf" {
  zone_id = aws_route53_zone.this.zone_id
  name    = "api.cart.example.com"
  type    = "A"
  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_shield_protection" "alb" {
  name         = "alb"
  resource_arn = aws_lb.this.arn
}

data "aws_cloudfront_cache_policy" "disabled" {
  name = "Managed-CachingDisabled"
}

data "aws_cloudfront_origin_request_policy" "all" {
  name = "Managed-AllViewer"
}

data "aws_cloudfront_response_headers_policy" "sec" {
  name = "Managed-SecurityHeadersPolicy"
}

resource "aws_cloudfront_cache_policy" "nocache" {
  name        = "cart-nocache"
  default_ttl = 0
  max_ttl     = 1
  min_ttl     = 0
  parameters_in_cache_key_and_forwarded_to_origin {
    cookies_config { cookie_behavior = "none" }
    headers_config { header_behavior = "none" }
    query_strings_config { query_string_behavior = "none" }
  }
}

resource "aws_cloudfront_origin_request_policy" "all" {
  name = "cart-all"
  cookies_config { cookie_behavior = "all" }
  headers_config { header_behavior = "allViewer" }
  query_strings_config { query_string_behavior = "all" }
}

resource "aws_cloudfront_response_headers_policy" "sec" {
  name = "cart-sec"
  security_headers_config {
    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = true
    }
    content_type_options { override = true }
  }
}

terraform {
  required_version = ">= 1.11"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
  # 25 unless it is said: an answer of 500 would then be waited for during minutes.
  max_retries = 3
  default_tags {
    tags = { Project = "cart" }
  }
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}

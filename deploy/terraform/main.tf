# CloudWatch Logs to Thermocline through Amazon Data Firehose. Failed deliveries are kept in S3.

terraform {
  required_version = ">= 1.3, < 2.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40, < 7.0"
    }
  }
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}

resource "aws_s3_bucket" "backup" {
  bucket_prefix = "thermocline-failed-"
}

resource "aws_s3_bucket_public_access_block" "backup" {
  bucket                  = aws_s3_bucket.backup.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "backup" {
  bucket = aws_s3_bucket.backup.id
  rule {
    id     = "expire"
    status = "Enabled"
    filter {}
    expiration {
      days = var.backup_retention_days
    }
  }
}

# Thermocline never subscribes log groups with this prefix, because they belong to the delivery chain.
resource "aws_cloudwatch_log_group" "errors" {
  name              = "/aws/kinesisfirehose/${var.stream_name}"
  retention_in_days = 14
}

resource "aws_cloudwatch_log_stream" "errors" {
  name           = "HttpEndpointDelivery"
  log_group_name = aws_cloudwatch_log_group.errors.name
}

data "aws_iam_policy_document" "assume_delivery" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "deliver" {
  statement {
    actions = [
      "s3:AbortMultipartUpload",
      "s3:GetBucketLocation",
      "s3:GetObject",
      "s3:ListBucket",
      "s3:ListBucketMultipartUploads",
      "s3:PutObject",
    ]
    resources = [aws_s3_bucket.backup.arn, "${aws_s3_bucket.backup.arn}/*"]
  }
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.errors.arn}:*"]
  }
}

resource "aws_iam_role" "delivery" {
  name_prefix        = "thermocline-delivery-"
  assume_role_policy = data.aws_iam_policy_document.assume_delivery.json
}

resource "aws_iam_role_policy" "delivery" {
  role   = aws_iam_role.delivery.id
  policy = data.aws_iam_policy_document.deliver.json
}

resource "aws_kinesis_firehose_delivery_stream" "thermocline" {
  name        = var.stream_name
  destination = "http_endpoint"

  http_endpoint_configuration {
    name               = "Thermocline"
    url                = var.endpoint_url
    access_key         = var.access_key
    role_arn           = aws_iam_role.delivery.arn
    buffering_size     = 1
    buffering_interval = var.buffer_seconds
    retry_duration     = 7200
    s3_backup_mode     = "FailedDataOnly"

    request_configuration {
      content_encoding = "GZIP"
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.errors.name
      log_stream_name = aws_cloudwatch_log_stream.errors.name
    }

    s3_configuration {
      role_arn            = aws_iam_role.delivery.arn
      bucket_arn          = aws_s3_bucket.backup.arn
      compression_format  = "GZIP"
      buffering_size      = 5
      buffering_interval  = 300
      prefix              = "failed/"
      error_output_prefix = "errors/!{firehose:error-output-type}/"
    }
  }

  depends_on = [aws_iam_role_policy.delivery]
}

data "aws_iam_policy_document" "assume_subscription" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type = "Service"
      # CloudWatch Logs has one principal per region, with the suffix of the partition (amazonaws.com.cn in China).
      identifiers = ["logs.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:SourceArn"
      values = [
        "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}:*",
      ]
    }
  }
}

data "aws_iam_policy_document" "put" {
  statement {
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [aws_kinesis_firehose_delivery_stream.thermocline.arn]
  }
}

resource "aws_iam_role" "subscription" {
  name_prefix        = "thermocline-subscription-"
  assume_role_policy = data.aws_iam_policy_document.assume_subscription.json
}

resource "aws_iam_role_policy" "subscription" {
  role   = aws_iam_role.subscription.id
  policy = data.aws_iam_policy_document.put.json
}

resource "aws_cloudwatch_log_subscription_filter" "thermocline" {
  for_each        = toset(var.log_groups)
  name            = "thermocline"
  log_group_name  = each.value
  filter_pattern  = var.filter_pattern
  destination_arn = aws_kinesis_firehose_delivery_stream.thermocline.arn
  role_arn        = aws_iam_role.subscription.arn
  depends_on      = [aws_iam_role_policy.subscription]
}

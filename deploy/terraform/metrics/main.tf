# A CloudWatch metric stream to Thermocline, through its Firehose stream; metrics of Lambda and of named namespaces only.

terraform {
  required_version = ">= 1.3, < 2.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40, < 7.0"
    }
  }
}

variable "stream_arn" {
  description = "The output stream_arn of the module that makes the Firehose stream, in this account and region."
  type        = string
  validation {
    condition     = can(regex("^arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/.+$", var.stream_arn))
    error_message = "Expected the ARN of a Firehose stream."
  }
}

variable "metric_stream_name" {
  type    = string
  default = "thermocline"
}

variable "metric_names" {
  description = "Metrics of AWS/Lambda. Each costs an update a minute while it has values: invocations and durations are in the logs already."
  type        = list(string)
  default = [
    "Errors",
    "Throttles",
    "ConcurrentExecutions",
    "UnreservedConcurrentExecutions",
    "ClaimedAccountConcurrency",
    "ProvisionedConcurrentExecutions",
    "ProvisionedConcurrencyUtilization",
    "ProvisionedConcurrencySpilloverInvocations",
    "AsyncEventsReceived",
    "AsyncEventAge",
    "AsyncEventsDropped",
    "DeadLetterErrors",
    "DestinationDeliveryFailures",
    "IteratorAge",
    "OffsetLag",
    "RecursiveInvocationsDropped",
    "ApproximateRunningDurableExecutions",
    "ApproximateRunningDurableExecutionsUtilization",
    "DurableExecutionStarted",
    "DurableExecutionSucceeded",
    "DurableExecutionFailed",
    "DurableExecutionTimedOut",
    "DurableExecutionStopped",
    "DurableExecutionDuration",
  ]
}

variable "custom_namespaces" {
  description = "Namespaces of your own, streamed whole. Metrics of log lines (EMF) arrive with the lines and need none."
  type        = list(string)
  default     = []
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["streams.metrics.cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "put" {
  statement {
    actions   = ["firehose:PutRecord", "firehose:PutRecordBatch"]
    resources = [var.stream_arn]
  }
}

resource "aws_iam_role" "metrics" {
  name_prefix        = "thermocline-metrics-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "metrics" {
  role   = aws_iam_role.metrics.id
  policy = data.aws_iam_policy_document.put.json
}

resource "aws_cloudwatch_metric_stream" "thermocline" {
  name          = var.metric_stream_name
  firehose_arn  = var.stream_arn
  role_arn      = aws_iam_role.metrics.arn
  output_format = "json"

  include_filter {
    namespace    = "AWS/Lambda"
    metric_names = var.metric_names
  }

  dynamic "include_filter" {
    for_each = var.custom_namespaces
    content {
      namespace = include_filter.value
    }
  }

  depends_on = [aws_iam_role_policy.metrics]
}

output "metric_stream_arn" {
  value = aws_cloudwatch_metric_stream.thermocline.arn
}

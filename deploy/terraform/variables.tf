variable "endpoint_url" {
  description = "Where Firehose delivers: https on port 443 only."
  type        = string
  validation {
    condition     = can(regex("^https://[^/:]+(:443)?/(.+/)?ingest/firehose$", var.endpoint_url))
    error_message = "Expected the address of Thermocline with /ingest/firehose. Firehose delivers to https on port 443 only."
  }
}

variable "access_key" {
  description = "An ingest key (thermocline token create firehose --scope ingest)."
  type        = string
  sensitive   = true
}

variable "stream_name" {
  type    = string
  default = "thermocline"
}

variable "buffer_seconds" {
  description = "Longest wait before a delivery."
  type        = number
  default     = 60
}

variable "backup_retention_days" {
  type    = number
  default = 30
}

variable "log_groups" {
  description = "Log groups to subscribe with this module; `thermocline subscribe` does it for patterns."
  type        = list(string)
  default     = []
}

variable "filter_pattern" {
  description = "Platform lines, reported errors and lines with metrics (EMF). An empty pattern delivers every line, which feeds such as aws/spans need."
  type        = string
  default     = "?\"RequestId:\" ?\"INIT_START\" ?\"INIT_REPORT\" ?\"RESTORE_START\" ?\"RESTORE_REPORT\" ?\"EXTENSION\" ?\"TELEMETRY\" ?\"State: Subscribed\" ?\"Task timed out after\" ?\"Process exited before completing request\" ?\"Unknown application error occurred\" ?\"LAMBDA_WARNING\" ?\"ENILimitReachedException\" ?\"EC2ThrottledException\" ?\"EC2AccessDeniedException\" ?\"SubnetIPAddressLimitReachedException\" ?\"platform.\" ?\"CloudWatchMetrics\" ?\"Invoke Error\" ?\"Uncaught Exception\" ?\"Unhandled Promise Rejection\" ?\"Traceback (most recent call last)\" ?\"Exception\" ?\"errorMessage\" ?\"exception from handler\" ?\"Error raised from handler\" ?\"Error loading\" ?\"panicked at\" ?\"panic: \" ?\": errorString\" ?\"Lambda runtime invoke\""
}

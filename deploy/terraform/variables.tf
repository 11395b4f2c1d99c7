variable "endpoint_url" {
  description = "Where Firehose delivers: https on port 443 only."
  type        = string
  default     = "https://thermocline.example.com/ingest/firehose"
  validation {
    condition     = can(regex("^https://[^/:]+(:443)?/.+$", var.endpoint_url))
    error_message = "Firehose delivers to https on port 443 only."
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
  description = "Empty delivers application lines too; the pattern for platform lines stands in ../cloudformation/firehose.yaml."
  type        = string
  default     = ""
}

output "stream_arn" {
  description = "Give it to thermocline subscribe as --destination."
  value       = aws_kinesis_firehose_delivery_stream.thermocline.arn
}

output "subscription_role_arn" {
  description = "Give it to thermocline subscribe as --role."
  value       = aws_iam_role.subscription.arn
}

output "backup_bucket" {
  description = "What could not be delivered for two hours; thermocline import reads it."
  value       = aws_s3_bucket.backup.bucket
}

-- Lines of the Lambda service that state a failure have the level error (5), as ingest/lines/platform-status.ts says. ClickHouse rewrites the column
-- of the lines stored before in the background.
ALTER TABLE {own log_line} UPDATE level = 5
  WHERE is_platform = 1 AND level = 0 AND (
    match(message, 'Task timed out after|^\\s*(RequestId: |Unknown application error|LAMBDA_WARNING:|ENILimit|EC2|SubnetIPAddress)')
    OR match(message, '^\\s*(REPORT|INIT_REPORT|RESTORE_REPORT)\\s.*(Status: +(error|timeout|failure)|Error ?Type: )')
    OR match(message, '"status"\\s*:\\s*"(error|timeout|failure)"|"errorType"\\s*:\\s*"[^"]|"type"\\s*:\\s*"platform\\.fault"'));

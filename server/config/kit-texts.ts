/** What deploy kits are, by their id, and their steps, by `step-` and the code of the step. */
export const KIT_TEXTS = {
  cloudformation: 'A Firehose stream to this server, with roles and a bucket for failed deliveries.',
  sam: 'The same stream as one SAM template, to deploy or to merge into an application.',
  terraform: 'The same stream as a Terraform module.',
  metrics:
    'Throttles, concurrency and event ages, which no log contains: a CloudWatch metric stream to the Firehose stream.',
  'metrics-terraform': 'The same metric stream as a Terraform module.',
  forwarder:
    'A small function that forwards logs to this server: no Firehose, works inside a VPC, platform lines only.',
  opentelemetry:
    'Spans, and the lines of the platform and the function, from the OpenTelemetry layers: no CloudWatch Logs needed.',
  pull: 'No deployment: this server reads log groups with read-only credentials.',
  file: 'Results within a minute from a log file.',
  proxy: 'TLS on port 443 in front of this server, with the size limits that Firehose requires.',
  'step-deploy-private-forwarder':
    'Save the template as forwarder.yaml and deploy it. The address is private: name subnets that reach it, and security groups that allow outbound traffic to it. The output names the function.',
  'step-deploy-forwarder':
    'Save the template as forwarder.yaml and deploy it. The output names the function. For an endpoint inside a VPC, add SubnetIds and SecurityGroupIds.',
  'step-subscribe':
    'Preview which log groups would be subscribed, then add --apply to subscribe them. Filters of other products are never changed.',
  'step-arrives': 'The first delivery arrives within a minute and appears on the Ingest page.',
  'step-deploy-firehose': 'Save the template as firehose.yaml and deploy it. The outputs name the stream and the role.',
  'step-deploy-sam': 'Save the template as template.yaml and deploy it. The outputs name the stream and the role.',
  'step-apply-terraform':
    'Save the files in an empty folder (or all of them as one main.tf), then initialise and apply.',
  'step-deploy-metrics':
    'Save the template as metrics.yaml and deploy it in the account and region of the Firehose stream. The ARN of that stream is the output StreamArn of its stack.',
  'step-metrics-arrive':
    'The first metrics arrive within three minutes. AWS bills $0.003 for each 1,000 metric updates, and Firehose for the bytes.',
  'step-apply-metrics': 'Save the file as main.tf in a folder of its own, then initialise and apply.',
  'step-add-layers':
    'Save the file as collector.yaml beside the code of the function and deploy it. Then add the layers of opentelemetry-lambda: its collector and the instrumentation for your language. The command replaces the layers and variables of the function: include those that it already has.',
  'step-one-way':
    'Choose one path for log lines: if the log group of the function is subscribed as well, each invocation still counts once, but application lines are stored twice.',
  'step-import-history': 'Import the history first. An interrupted run resumes where it stopped.',
  'step-start-pull': 'Then start the server with the log groups to poll (and optionally traces and inventory).',
  'step-pull-metrics':
    'THERMOCLINE_PULL_METRICS=on reads throttles, concurrency and the other metrics that no log contains, if there is no metric stream. AWS bills $0.01 for each 1,000 metrics in requests: a function with five metrics costs about $0.43 a month.',
  'step-pull-policy': 'The policy lists all required permissions; all of them are read-only.',
  'step-import-file': 'Save a log and import it. Importing the same file again adds nothing.',
  'step-send-file': 'Or send it over HTTP.',
  'step-proxies':
    'Use one of the two. Both accept large bodies and headers, and do not compress responses to Firehose.',
} as const;

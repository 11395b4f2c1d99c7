/** The IAM actions that collectors call: `thermocline connect pull` grants them, and the doctor tries them. */
export const PULL_ACTIONS = {
  Logs: ['logs:DescribeLogGroups', 'logs:FilterLogEvents', 'logs:TestMetricFilter'],
  Traces: ['xray:BatchGetTraces'],
  Metrics: ['cloudwatch:ListMetrics', 'cloudwatch:GetMetricData'],
  Inventory: ['lambda:ListFunctions', 'lambda:ListProvisionedConcurrencyConfigs'],
} as const;

/**
 * Actions that the inventory uses if they are permitted: the patterns of subscription filters, without which the filters named
 * in THERMOCLINE_ERROR_FILTERS are taken to pass reported errors, and tags.
 */
export const OPTIONAL_PULL_ACTIONS = {
  SubscriptionFilters: ['logs:DescribeSubscriptionFilters', 'logs:DescribeAccountPolicies'],
  Tags: ['lambda:ListTags'],
} as const;

/** The IAM actions that collectors call: `thermocline connect pull` grants them, and the doctor tries exactly these. */
export const PULL_ACTIONS = {
  Logs: ['logs:DescribeLogGroups', 'logs:FilterLogEvents', 'logs:TestMetricFilter'],
  Traces: ['xray:BatchGetTraces'],
  Inventory: ['lambda:ListFunctions', 'lambda:ListProvisionedConcurrencyConfigs'],
} as const;

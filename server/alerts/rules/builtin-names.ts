/** Names of built-in rules (deploy/rules/builtin.yaml) and of alerts about the product itself, which pages show in the language of the reader. */
export const BUILTIN_RULE_NAMES = [
  'Out of memory',
  'Timeouts',
  'Error rate above 1 %',
  'Error rate above 10 %',
  'New error',
  'Error came back',
  'Memory above 95 % of its size',
  'Duration p99 above 95 % of the timeout',
  'User-felt cold starts above 1 %',
  'Init p95 up by more than 20 %',
  'Less than 40 % of the memory used for a week',
  'Initialised again and again',
  'Network interfaces fail',
  'Platform latency in a VPC above 1 s',
  'Concurrency above 80 % of the database connections',
  'Cost per day up by more than 50 %',
  'No lines arrive',
  'Lines that cannot be read above 0.1 %',
] as const;

/** Names of the alerts about storage and jobs, by what is wrong. */
export const STORAGE_ALERT_NAMES: Readonly<Record<string, string>> = {
  disk: 'Disk nearly full',
  damage: 'Database damaged',
  files: 'Database file deleted or replaced',
  backup: 'Backup failed',
  attribution: 'Cold starts not attributed',
  clock: 'System clock not plausible',
  rules: 'Rule files not applied',
  export: 'Export to Parquet failed',
};

export const RECEIVER_DISABLED = 'Receiver disabled';
export const RULE_FAILING = 'Rule cannot be evaluated';

/** All of them. */
export const OWN_ALERT_NAMES: readonly string[] = [
  ...BUILTIN_RULE_NAMES,
  ...Object.values(STORAGE_ALERT_NAMES),
  RECEIVER_DISABLED,
  RULE_FAILING,
];

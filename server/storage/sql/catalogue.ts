/**
 * The views of the SQL console with their columns, in the order in which `SELECT *` returns them. Names and meanings are stable:
 * columns may be added, at the end. docs/sql.md is written from this list, and a test compares it with the columns of the views.
 */

type SqlType = 'text' | 'integer' | 'number' | 'boolean' | 'sketch';

export interface SqlColumn {
  readonly name: string;
  /** `boolean` is 0 or 1. `sketch` is a value for the aggregate function `quantile`. */
  readonly type: SqlType;
  readonly description: string;
}

export interface SqlView {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly SqlColumn[];
}

const column =
  (type: SqlType) =>
  (name: string, description: string): SqlColumn => ({ name, type, description });
const text = column('text');
const integer = column('integer');
const number = column('number');
const boolean = column('boolean');
const sketch = column('sketch');

const FUNCTION = [
  integer('function_id', 'Key of functions.function_id'),
  text('function', 'Name of the function'),
  text('account', 'AWS account; empty until a source names it'),
  text('region', 'AWS region; empty until a source names it'),
];

const SERIES = [
  text('version', 'Version; null if no line named it'),
  integer('memory_mb', 'Configured memory, MB; null if unknown'),
  text('architecture', 'x86_64 or arm64; null if no inventory states it'),
];

const BUCKET = [
  integer('bucket_ms', 'Start of the bucket, epoch ms'),
  text('bucket_at', 'Start of the bucket, ISO 8601 in UTC'),
];

const ROLLUP = [
  ...FUNCTION,
  ...BUCKET,
  ...SERIES,
  integer('invocations', 'Invocations that ended in the bucket'),
  integer('errors', 'Failed invocations: timeouts, errors, out of memory and exits. A lower bound unless errors_known'),
  boolean('errors_known', 'Whether the errors that a runtime reports would have been received on this day'),
  integer('timeouts', 'Invocations that timed out'),
  integer('handler_errors', 'Invocations whose handler or runtime reported an error'),
  integer('out_of_memory', 'Invocations that ran out of memory'),
  integer('exits', 'Invocations whose process ended'),
  integer('cold_starts', 'Cold starts of every kind'),
  integer('cold_starts_on_demand', 'Cold starts with an init of an on-demand environment'),
  integer('cold_starts_provisioned', 'First invocations on provisioned concurrency'),
  integer('cold_starts_snap_start', 'Cold starts with a restore of a snapshot'),
  integer('cold_starts_suppressed', 'Inits repeated inside an invocation after a crash, a timeout or out of memory'),
  integer('cold_starts_managed_instance', 'First invocations on Managed Instances'),
  integer('user_felt_cold_starts', 'Cold starts that a caller waited for'),
  number('user_felt_init_ms', 'Init and restore time of user-felt cold starts, ms'),
  integer('billed_ms', 'Billed duration, ms'),
  integer('failed_billed_ms', 'Billed duration of failed invocations, ms'),
  integer('max_memory_used_mb', 'Greatest memory used, MB; null if no line states it'),
  number('duration_p50_ms', 'Median of Duration, ms; within 1 %'),
  number('duration_p95_ms', '95th percentile of Duration, ms; within 1 %'),
  number('duration_p99_ms', '99th percentile of Duration, ms; within 1 %'),
  number(
    'cost_usd',
    'Compute and requests, US dollars; null if the memory is unknown or the region has no price in dollars',
  ),
  sketch('duration_sketch', 'All of Duration: quantile(duration_sketch, 0.95) merges buckets, ms'),
];

export const SQL_VIEWS: readonly SqlView[] = [
  {
    name: 'functions',
    description: 'One row for each function.',
    columns: [
      ...FUNCTION,
      boolean('name_inferred', 'Whether the name was inferred from a custom log group'),
      integer('first_seen_ms', 'First event, epoch ms'),
      text('first_seen_at', 'First event, ISO 8601 in UTC'),
      integer('last_seen_ms', 'Last event, epoch ms'),
      text('last_seen_at', 'Last event, ISO 8601 in UTC'),
      integer('memory_mb', 'Configured memory of the newest invocation, MB'),
      text('version', 'Version of the newest invocation'),
      text('architecture', 'x86_64 or arm64, from inventory'),
      text('runtime', 'Runtime, from inventory'),
      text('runtime_version', 'Version of the runtime, from INIT_START'),
      text('package_type', 'Zip or Image, from inventory'),
      boolean('vpc', 'Whether the function is attached to a VPC, from inventory'),
    ],
  },
  {
    name: 'invocations',
    description: 'One row for each invocation. Kept for THERMOCLINE_DETAIL_RETENTION_DAYS.',
    columns: [
      ...FUNCTION,
      integer('ended_ms', 'End, epoch ms. Conditions on it use an index'),
      text('ended_at', 'End, ISO 8601 in UTC'),
      integer('started_ms', 'START, epoch ms; null if that line did not arrive'),
      text('request_id', 'Request id; a retry has the same'),
      ...SERIES,
      text('log_stream', 'Log stream: the execution environment; null if the source did not name it'),
      text('status', 'success, timeout, error, oom or exit'),
      text('error_type', 'Type of the error; null for a success'),
      number('duration_ms', 'Duration, ms'),
      integer('billed_ms', 'Billed duration, ms; null if the line does not state it'),
      integer('max_memory_used_mb', 'Memory used, MB; null if the line does not state it'),
      text(
        'cold_start',
        'Kind of cold start: on-demand, provisioned, snap-start, suppressed, managed-instance; null when warm',
      ),
      boolean(
        'user_felt',
        'Whether a caller waited for the cold start; null when warm or if the log stream is unknown',
      ),
      number('init_ms', 'Init Duration, ms; null without one'),
      number('restore_ms', 'Restore Duration, ms; null without one'),
      text('trace_id', 'X-Ray trace id; null without one'),
      text('tenant_id', 'Tenant of a function with tenant isolation; null without one'),
      number('cost_usd', 'Compute and request, US dollars; null if memory or billed duration is unknown'),
    ],
  },
  {
    name: 'cold_starts',
    description: 'One row for each cold start with its cause. Attributed about a minute after the invocation.',
    columns: [
      ...FUNCTION,
      integer('ended_ms', 'End of the invocation, epoch ms'),
      text('ended_at', 'End of the invocation, ISO 8601 in UTC'),
      integer('requested_ms', 'When the environment was requested, epoch ms'),
      text('request_id', 'Request id of the invocation'),
      ...SERIES,
      text('kind', 'on-demand, provisioned, snap-start, suppressed or managed-instance'),
      boolean('user_felt', 'Whether a caller waited; null if the log stream is unknown'),
      text(
        'cause',
        'deploy, runtime-patch, crash, proactive, scale-out, idle-expiry, recycle, init-timeout, new-tenant, provisioned, snap-start or unknown',
      ),
      number('init_ms', 'Init or restore, ms; null if unknown'),
      number('billed_init_ms', 'Billed part of the init, ms; null if none was billed'),
      number('duration_ms', 'Duration of the invocation, ms'),
      integer('platform_ms', 'START minus the end of the init, ms; negative where clocks disagree'),
      boolean('failed', 'Whether the invocation failed'),
    ],
  },
  {
    name: 'five_minutes',
    description: 'Rollups of 5 minutes for each function, version, memory size and architecture.',
    columns: ROLLUP,
  },
  { name: 'hourly', description: 'The same by the hour (UTC).', columns: ROLLUP },
  { name: 'daily', description: 'The same by the day (UTC). Kept longest.', columns: ROLLUP },
  {
    name: 'costs',
    description: 'Cost of each function by the day (UTC), at the configured price terms.',
    columns: [
      ...FUNCTION,
      text('day', 'Day, such as 2026-11-30'),
      ...SERIES,
      integer('invocations', 'Invocations that ended on the day'),
      number('gb_seconds', 'Billed GB-seconds; null if the memory is unknown'),
      number(
        'cost_usd',
        'Compute and requests, US dollars; null if the memory is unknown or the region has no price in dollars',
      ),
      number('wasted_usd', 'The part of failed invocations, US dollars; likewise null'),
    ],
  },
  {
    name: 'errors',
    description: 'Groups of failures by the hour (UTC).',
    columns: [
      ...FUNCTION,
      ...BUCKET,
      text('fingerprint', 'Identifies the group within its function'),
      text('version', 'Version; null if unknown'),
      text('kind', 'handler, runtime, timeout, oom, init or rest'),
      text('error_type', 'Type of the error; null without one'),
      text('message', 'Template of the message; null without one'),
      text('frame', 'Innermost frame of your code; null without one'),
      integer('attempts', 'Failed attempts'),
      integer('requests', 'Different requests among them'),
      integer('init_failures', 'Failed inits without an invocation'),
      integer('first_ms', 'First failure in the hour, epoch ms'),
      integer('last_ms', 'Last failure in the hour, epoch ms'),
    ],
  },
  {
    name: 'metrics',
    description: 'Metrics of CloudWatch and of the embedded metric format by the hour (UTC).',
    columns: [
      ...BUCKET,
      text('source', 'cloudwatch or emf'),
      text('namespace', 'Namespace'),
      text('name', 'Name of the metric'),
      text('unit', 'Unit; null without one'),
      text('dimensions', 'JSON: [[name, value], …], by name'),
      text('function', 'Function that the metric belongs to; null if none'),
      text('account', 'AWS account; empty if unknown'),
      text('region', 'AWS region; empty if unknown'),
      number('count', 'Number of samples'),
      number('sum', 'Sum of the samples'),
      number('min', 'Least sample; null if a point does not state it'),
      number('max', 'Greatest sample; null if a point does not state it'),
    ],
  },
  {
    name: 'traces',
    description: 'One row for each segment of an X-Ray trace.',
    columns: [
      text('trace_id', 'X-Ray trace id'),
      text('segment_id', 'Id of the segment'),
      text('parent_id', 'Id of the parent; null for a root'),
      text('name', 'Name of the segment'),
      text('origin', 'Kind of resource, such as AWS::Lambda::Function; null if not stated'),
      text('function', 'Function of the segment; null if it is none'),
      integer('started_ms', 'Start, epoch ms'),
      number('duration_ms', 'Duration, ms; null while in progress'),
      text('request_id', 'Request id of the invocation; null if not stated'),
      integer('http_status', 'HTTP status; null if not stated'),
      text('outcome', 'ok, error, fault or throttle, as the segment states it; null if not stated'),
    ],
  },
  {
    name: 'deploys',
    description: 'Updates of the code or the configuration of functions, from inventory and CloudTrail.',
    columns: [
      ...FUNCTION,
      integer('at_ms', 'Time of the update, epoch ms'),
      text('at', 'Time of the update, ISO 8601 in UTC'),
      text('source', 'inventory or cloudtrail'),
      text('event', "CloudTrail's name of the event; null from inventory"),
      text('code_sha256', 'Digest of the code; null if not stated'),
    ],
  },
];

/** What queries may call beside the functions of SQLite. */
export const SQL_FUNCTIONS = [
  {
    name: 'quantile(duration_sketch, q)',
    description: 'Aggregate: the q-quantile (0 to 1) of all merged sketches, within 1 %; null without values',
  },
] as const;

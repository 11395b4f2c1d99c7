/** What is exported as Parquet: data sets, their columns, and where each value of a row of the API's export goes. */

type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'time';

export interface ExportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Name of the value in the API's export. */
  readonly from: string;
}

export interface Dataset {
  readonly name: 'invocations' | 'rollups';
  /** Query of the API's export beside its range. */
  readonly query: Readonly<Record<string, string>>;
  readonly columns: readonly ExportColumn[];
}

const column =
  (type: ColumnType) =>
  (name: string, from: string): ExportColumn => ({ name, type, from });
const text = column('text');
const integer = column('integer');
const number = column('number');
const boolean = column('boolean');
const time = column('time');

const FUNCTION = [text('function', 'function'), text('account', 'account'), text('region', 'region')];

/** Names are those of the views of the SQL console where both have a column. Units are in the names. */
export const DATASETS: readonly Dataset[] = [
  {
    name: 'invocations',
    query: {},
    columns: [
      time('ended_at', 'endedAt'),
      time('started_at', 'startedAt'),
      ...FUNCTION,
      text('version', 'version'),
      text('request_id', 'requestId'),
      integer('attempt', 'attempt'),
      text('status', 'status'),
      text('error_type', 'errorType'),
      text('error_message', 'errorMessage'),
      text('error_stack', 'errorStack'),
      number('duration_ms', 'durationMs'),
      number('billed_ms', 'billedDurationMs'),
      integer('memory_mb', 'memorySizeMb'),
      integer('max_memory_used_mb', 'maxMemoryUsedMb'),
      number('init_ms', 'initDurationMs'),
      number('restore_ms', 'restoreDurationMs'),
      number('hidden_init_ms', 'hiddenInitDurationMs'),
      text('cold_start', 'coldStart'),
      boolean('user_felt', 'userFelt'),
      text('cause', 'cause'),
      text('evidence', 'evidence'),
      text('trace_id', 'traceId'),
      text('tenant_id', 'tenantId'),
      number('cost_usd', 'costUsd'),
      text('log_group', 'logGroup'),
      text('log_stream', 'logStream'),
      text('tags', 'tags'),
    ],
  },
  {
    name: 'rollups',
    query: { interval: '1h' },
    columns: [
      time('bucket_at', 'bucketAt'),
      ...FUNCTION,
      text('version', 'version'),
      integer('memory_mb', 'memoryMb'),
      text('architecture', 'architecture'),
      integer('invocations', 'invocations'),
      integer('errors', 'errors'),
      integer('errors_unknown_of', 'errorsUnknownOf'),
      integer('timeouts', 'timeouts'),
      integer('handler_errors', 'handlerErrors'),
      integer('out_of_memory', 'outOfMemory'),
      integer('exits', 'exits'),
      integer('cold_starts', 'coldStarts'),
      integer('cold_starts_on_demand', 'coldStartsOnDemand'),
      integer('cold_starts_provisioned', 'coldStartsProvisioned'),
      integer('cold_starts_snap_start', 'coldStartsSnapStart'),
      integer('cold_starts_suppressed', 'coldStartsSuppressed'),
      integer('cold_starts_managed_instance', 'coldStartsManagedInstance'),
      integer('user_felt_cold_starts', 'userFeltColdStarts'),
      number('user_felt_init_ms', 'userFeltInitMs'),
      number('billed_ms', 'billedMs'),
      number('failed_billed_ms', 'failedBilledMs'),
      integer('max_memory_used_mb', 'maxMemoryUsedMb'),
      number('duration_sum_ms', 'durationSumMs'),
      number('cost_usd', 'costUsd'),
      number('wasted_usd', 'wastedUsd'),
    ],
  },
];

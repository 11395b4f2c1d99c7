/** The tables as Kysely sees them; migrations/sqlite is the truth. */
import type { DeliveryState } from '../questions/alerts/types.ts';
import type { RollupTable } from '../rollup/bucket.ts';

export interface RollupRow {
  function_id: number;
  bucket: number;
  series_id: number;
  n: number;
  with_start: number;
  timeouts: number;
  errors: number;
  ooms: number;
  exits: number;
  cold_on_demand: number;
  cold_provisioned: number;
  cold_snap_start: number;
  cold_suppressed: number;
  cold_managed_instance: number;
  user_felt: number;
  billed_ms: number;
  felt_init_us: number;
  failed_billed_ms: number;
  max_memory_mb: number | null;
  duration: Uint8Array;
  cold: Uint8Array;
}

export interface InvocationTable {
  function_id: number;
  end_ms: number;
  request_id: Uint8Array | string;
  environment_id: number;
  series_id: number;
  run_ms: number | null;
  duration_us: number;
  billed_ms: number | null;
  max_memory_mb: number | null;
  status: number;
  cold: number | null;
  user_felt: number | null;
  init_us: number | null;
  restore_us: number | null;
  billed_restore_ms: number | null;
  error_type_id: number | null;
  sampled: number | null;
  trace_id: Uint8Array | string | null;
  segment_id: string | null;
  tenant_id: number | null;
}

export interface EnvironmentTable {
  id: number;
  function_id: number;
  log_group_id: number;
  log_stream: string;
  version: string | null;
  memory_mb: number | null;
  runtime_version: string | null;
  runtime_version_arn: string | null;
  initialization_type: string | null;
  init_start_ms: number | null;
  init_us: number | null;
  first_seen_ms: number;
  last_seen_ms: number;
  invocations: number;
  failures: number;
  max_memory_mb: number | null;
  first_end_ms: number | null;
  pending_starts: number;
  last_end_ms: number | null;
  last_status: number | null;
  attributes: string | null;
}

export interface TelemetryTables extends Record<RollupTable, RollupRow> {
  log_group: { id: number; account: string; region: string; name: string };
  function: {
    id: number;
    account: string;
    region: string;
    name: string;
    labelled: number;
    first_seen_ms: number;
    last_seen_ms: number;
    memory_mb: number | null;
    version: string | null;
    runtime_version: string | null;
    architecture: string | null;
    runtime: string | null;
    vpc: number | null;
    package_type: string | null;
  };
  series: {
    id: number;
    function_id: number;
    version: string | null;
    memory_mb: number | null;
    architecture: string | null;
  };
  label: { id: number; text: string };
  environment: EnvironmentTable;
  invocation: InvocationTable;
  pending_start: { environment_id: number; request_id: string; start_ms: number };
  init_event: {
    environment_id: number;
    at_ms: number;
    kind: string;
    duration_us: number | null;
    phase: string | null;
    status: string | null;
    initialization_type: string | null;
  };
  fault: {
    environment_id: number;
    at_ms: number;
    kind: string;
    request_id: string;
    error_type: string | null;
    message: string | null;
  };
  raw_chunk: {
    id: number;
    environment_id: number;
    first_ms: number;
    last_ms: number;
    events: number;
    gzip: Uint8Array;
  };
  request_index: { day: number; hash: number; end_ms: number; function_id: number; environment_id: number };
  request_index_pending: { id: number; entries: Uint8Array };
  reject: {
    id: number;
    received_ms: number;
    source_kind: string;
    source_name: string;
    reason: string;
    detail: string;
    log_group: string | null;
    seen: number;
    size: number;
    payload: Uint8Array;
    replayed_ms: number | null;
  };
  pull_checkpoint: {
    account: string;
    region: string;
    log_group: string;
    mode: 'poll' | 'backfill';
    watermark_ms: number | null;
    scan: string | null;
    wide_ms: number | null;
    state: string;
    message: string | null;
    events: number;
    updated_ms: number;
  };
  function_fact: { function_id: number; from_ms: number; source: string; confirmed_ms: number; facts: string };
  cold_start: {
    function_id: number;
    slot_ms: number;
    end_ms: number;
    request_id: Uint8Array | string;
    environment_id: number;
    series_id: number;
    at_ms: number;
    kind: number;
    user_felt: number;
    cause: number;
    init_us: number | null;
    init_billed: number;
    duration_us: number;
    failed: number;
    platform_ms: number | null;
    loop: number;
    evidence: string;
  };
  counter: { name: string; n: number };
  unknown_field: { key: string; n: number };
  source: {
    kind: string;
    name: string;
    first_seen_ms: number;
    last_seen_ms: number;
    last_data_ms: number | null;
    requests: number;
    events: number;
    rejected: number;
    lag: Uint8Array;
  };
}

export interface ControlTables {
  token: {
    id: string;
    name: string;
    scope: 'ingest' | 'read' | 'admin';
    sha256: Uint8Array;
    created_ms: number;
    expires_ms: number | null;
    last_used_ms: number | null;
    revoked_ms: number | null;
  };
  session: {
    sha256: Uint8Array;
    token_id: string;
    created_ms: number;
    last_used_ms: number;
    expires_ms: number;
  };
  audit: {
    seq: number;
    at_ms: number;
    token_id: string | null;
    name: string;
    client: string;
    method: string;
    path: string;
    status: number;
  };
  setting: { key: string; value: string };
  alert_rule: { id: string; rule: string; updated_ms: number };
  alert_watch: {
    rule_id: string;
    until_ms: number;
    error: string | null;
    errors: number;
    late: number;
    skipped: number;
    took_ms: number;
  };
  alert_instance: { rule_id: string; series: string; state: string; alert: string };
  alert_event: {
    seq: number;
    alert_id: string;
    rule_id: string;
    status: 'firing' | 'resolved';
    at_ms: number;
    alert: string;
  };
  alert_group: { id: string; receiver_id: string; state: string };
  alert_receiver: { id: string; receiver: string; secrets: string };
  alert_silence: { id: string; silence: string; ends_ms: number };
  alert_delivery: {
    seq: number;
    id: string;
    receiver_id: string;
    group_id: string;
    type: string;
    body: string;
    state: DeliveryState;
    attempts: number;
    created_ms: number;
    first_ms: number | null;
    next_ms: number;
    ended_ms: number | null;
  };
  alert_attempt: {
    delivery_id: string;
    attempt: number;
    at_ms: number;
    took_ms: number;
    status: number | null;
    error: string | null;
    answer: string | null;
  };
}

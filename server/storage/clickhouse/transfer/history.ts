/**
 * ClickHouse as the target of a transfer: stores facts like those of requests, and aggregates of days without raw
 * events.
 */

import { requestIdText } from '../../../../ingest/batch/request-id.ts';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { ColdStartKind } from '../../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import { NO_CARRIED_STATE } from '../../../analytics/cold-starts/hour-state.ts';
import { ZERO_BIN } from '../../../analytics/sketch/sketch.ts';
import type { RollupBucket } from '../../rollup/bucket.ts';
import { COUNT_COLUMNS } from '../../rollup/bucket.ts';
import { hourState, parseStored, transferredSums } from '../../stored-json.ts';
import type {
  Checksum,
  ExpiredDay,
  HistoryTarget,
  MovedAccount,
  MovedDay,
  MovedEnvironment,
  MovedFunction,
  MovedHour,
  MovedMetric,
  MovedMetricDays,
  MovedMetricLines,
  Piece,
} from '../../transfer/history.ts';
import { CHECKSUM_MODULUS } from '../../transfer/history.ts';
import { saveErrors } from '../attribution/save-errors.ts';
import { KIND_STEP } from '../classify/rollups.ts';
import type { ClickHouseOptions } from '../connection.ts';
import { connect } from '../connection.ts';
import { hashOf, idsOf, seriesIdOf } from '../hash-ids.ts';
import { FactWriter, tablesOf } from '../insert/fact-writer.ts';
import { mergedFacts } from '../insert/invocation-rows.ts';
import { migrate } from '../migrate.ts';
import { ClickHouseQueryClient, NOW_MS } from '../query-client.ts';
import { encodeVersioned } from '../versioned-value.ts';
import { bringMetric, bringMetricDays, bringMetricLines } from './metrics.ts';
import { accountTables } from './progress.ts';

export interface TargetOptions {
  readonly clickhouse: ClickHouseOptions;
  readonly migrations: string;
  readonly now: () => number;
}

/** Prefix of the progress records of transfers in the shared configuration. */
const NOTE = 'moved ';
const ACCOUNT = 'account';
/** Number of facts of a transferred classification: larger than any real one, so remaining facts never replace it. */
const WHOLE_LIFE = 2 ** 50;

/** Brings the schema up to date. @throws StoreError */
export async function openClickHouseHistory({ clickhouse, migrations, now }: TargetOptions): Promise<HistoryTarget> {
  const client = connect(clickhouse);
  try {
    await migrate(client, clickhouse, migrations, now());
    return new ClickHouseHistory(
      new ClickHouseQueryClient(client, clickhouse),
      new FactWriter(client, clickhouse, now),
    );
  } catch (error) {
    await client.close();
    throw error;
  }
}

class ClickHouseHistory implements HistoryTarget {
  readonly #client: ClickHouseQueryClient;
  readonly #writer: FactWriter;

  constructor(client: ClickHouseQueryClient, writer: FactWriter) {
    this.#client = client;
    this.#writer = writer;
  }

  async noted(): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#client.all<{ name: string; value: string }>(
      'SELECT name, value FROM published FINAL WHERE startsWith(name, {prefix:String})',
      { prefix: NOTE },
    );
    return new Map(rows.map(({ name, value }) => [name.slice(NOTE.length), value]));
  }

  async note(part: string, fingerprint: string): Promise<void> {
    const name = NOTE + part;
    const written = await this.#now();
    await this.#client.insert('published', [{ name_key: hashOf(name), name, value: fingerprint, written }]);
  }

  bring({ batch, source, receivedMs }: Piece): Promise<void> {
    return this.#writer.store(tablesOf(batch, source, receivedMs));
  }

  async bringMetric(metric: MovedMetric): Promise<void> {
    await bringMetric(this.#client, metric, await this.#now());
  }

  async bringMetricLines(lines: MovedMetricLines): Promise<void> {
    await bringMetricLines(this.#client, lines, await this.#now());
  }

  async bringMetricDays(days: MovedMetricDays): Promise<void> {
    await bringMetricDays(this.#client, days, await this.#now());
  }

  async bringFunction({ account, region, name, labelled, latest, runtime, ...one }: MovedFunction): Promise<void> {
    const functionId = hashOf(account, region, name);
    await this.#client.insert('lambda_function', [
      {
        function_id: functionId,
        account,
        region,
        name,
        named: labelled ? 0 : 1,
        first_seen_ms: one.firstSeenMs,
        last_seen_ms: one.lastSeenMs,
        latest: latest.atMs === 0 ? '' : encodeVersioned(latest.atMs, [latest.memoryMb, latest.version]),
        runtime: runtime.version === null ? '' : encodeVersioned(runtime.atMs, runtime.version),
      },
    ]);
    await this.#client.insert(
      'error_day',
      one.errorDays.map((day) => ({ function_id: functionId, day })),
    );
  }

  async bringExpiredDay(
    { account, region, name }: MovedFunction,
    { cells, hours, errors }: ExpiredDay,
    streamOf: (id: number) => StreamHeader | undefined,
  ): Promise<void> {
    const functionId = hashOf(account, region, name);
    const written = await this.#now();
    const byTable = new Map<string, object[]>();
    for (const { table, bucket, version, memoryMb, cell } of cells) {
      const mine = byTable.get(table) ?? [];
      byTable.set(table, mine);
      const key = { function_id: functionId, bucket, version: version ?? '', memory_mb: memoryMb ?? -1 };
      mine.push({ ...key, ...cellColumns(cell), written });
    }
    for (const [table, rows] of byTable) await this.#client.insert(table, rows);
    await saveErrors(this.#client, functionId, errors, written);
    const idOf = (id: number): number => {
      const stream = streamOf(id);
      return stream === undefined ? id : idsOf(stream).streamId;
    };
    await this.#client.insert(
      'derived_slot',
      hours.map((hour) => hourRow(functionId, hour, idOf, written)),
    );
  }

  async bringEnvironments(_one: MovedFunction, some: readonly MovedEnvironment[]): Promise<void> {
    await this.#client.insert('environment', some.map(environmentRow));
  }

  async bringAccount(account: MovedAccount): Promise<void> {
    const before = (await this.noted()).get(ACCOUNT);
    const sums = before === undefined ? {} : parseStored(transferredSums, before, `published ${NOTE}${ACCOUNT}`);
    const { tables, transferred: brought } = accountTables(account, sums);
    await this.#writer.store(tables);
    await this.note(ACCOUNT, JSON.stringify(brought));
  }

  async checksum({ account, region, name }: MovedFunction, { dayMs }: MovedDay): Promise<Checksum> {
    const orEmpty = (column: string): string => `ifNull(toString(${column}), '')`;
    const text = `concatWithSeparator('\\t', request_id, toString(end_ms), toString(duration_us), ${['billed_ms', 'memory_mb', 'max_memory_mb', 'init_us'].map(orEmpty).join(', ')})`;
    const where = 'function_id = {functionId:UInt64} AND end_ms >= {fromMs:Int64} AND end_ms < {toMs:Int64}';
    const row = await this.#client.one<Checksum>(
      `SELECT count() AS n, sum(CRC32(${text})) % ${CHECKSUM_MODULUS} AS sum FROM ${mergedFacts(where)}`,
      { functionId: hashOf(account, region, name), fromMs: dayMs, toMs: dayMs + DAY_MS },
    );
    return row ?? { n: 0, sum: 0 };
  }

  async close(): Promise<void> {
    await this.#client.raw.close();
  }

  async #now(): Promise<number> {
    return (await this.#client.one<{ ms: number }>(`SELECT ${NOW_MS} AS ms`))?.ms ?? 0;
  }
}

function cellColumns(cell: RollupBucket): Record<string, unknown> {
  const cold = { init: {} as Record<string, number>, total: {} as Record<string, number> };
  for (const [kind, sketches] of cell.cold) {
    for (const which of ['init', 'total'] as const)
      for (const [bin, n] of sketches[which].bins()) cold[which][coldBin(kind, bin)] = n;
  }
  return {
    ...Object.fromEntries(COUNT_COLUMNS.map((name) => [name, cell.count(name)])),
    max_memory_mb: cell.maxMemoryMb,
    duration: Object.fromEntries(cell.duration.bins()),
    cold_init: cold.init,
    cold_total: cold.total,
  };
}

function coldBin(kind: ColdStartKind, bin: number): number {
  return COLD_START_KINDS.indexOf(kind) * KIND_STEP + (bin - ZERO_BIN);
}

function hourRow(functionId: number, hour: MovedHour, idOf: (id: number) => number, written: number): object {
  const name = `derived_slot of function ${functionId} at ${hour.hourMs}: closing`;
  const closing = parseStored(hourState, hour.carryOut, name) ?? NO_CARRIED_STATE;
  const coldStarts = hour.coldStarts.map(({ version, memoryMb, ...one }) => ({
    ...one,
    requestId: requestIdText(one.requestId),
    environmentId: idOf(one.environmentId),
    seriesId: seriesIdOf(functionId, version, memoryMb),
  }));
  return {
    function_id: functionId,
    slot_ms: hour.hourMs,
    runs: hour.runs,
    idle_times: hour.idleTimes,
    closing: JSON.stringify({ ...closing, standing: closing.standing.map((one) => ({ ...one, id: idOf(one.id) })) }),
    cold_starts: JSON.stringify(coldStarts),
    changes: JSON.stringify(hour.changes),
    written,
  };
}

function environmentRow({ stream, ...one }: MovedEnvironment): object {
  const ids = idsOf(stream);
  return {
    function_id: ids.functionId,
    environment_id: ids.streamId,
    account: stream.account,
    region: stream.region,
    function_name: stream.functionName,
    log_group: stream.logGroup,
    log_stream: stream.logStream,
    version: stream.version,
    memory_mb: one.memoryMb,
    runtime_version: one.runtimeVersion,
    runtime_version_arn: one.runtimeVersionArn,
    initialization_type: one.initializationType,
    init_start_ms: one.initStartMs,
    init_us: one.initUs,
    first_seen_ms: one.firstSeenMs,
    last_seen_ms: one.lastSeenMs,
    first_end_ms: one.firstEndMs,
    last_end_ms: one.lastEndMs,
    last_status: one.lastStatus,
    invocations: one.invocations,
    failures: one.failures,
    max_memory_mb: one.maxMemoryMb,
    extensions: [],
    pending_starts: [],
    attributes: one.attributes,
    known: WHOLE_LIFE,
  };
}

/** A rollup bucket: counts, sums and sketches of one series' invocations in one time bucket. */
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { ColdStartKind } from '../../analytics/cold-starts/classify.ts';
import { COLD_START_KINDS } from '../../analytics/cold-starts/classify.ts';
import { Sketch } from '../../analytics/sketch/sketch.ts';

/** Widths of the three rollup levels, in ms. */
export const LEVELS = [
  { table: 'rollup_5m', widthMs: 300_000 },
  { table: 'rollup_1h', widthMs: HOUR_MS },
  { table: 'rollup_1d', widthMs: DAY_MS },
] as const;
export type RollupTable = (typeof LEVELS)[number]['table'];

/** Additive columns, in the order they are bound and read. */
export const COUNT_COLUMNS = [
  'n',
  'with_start',
  'timeouts',
  'errors',
  'ooms',
  'exits',
  'cold_on_demand',
  'cold_provisioned',
  'cold_snap_start',
  'cold_suppressed',
  'cold_managed_instance',
  'user_felt',
  'billed_ms',
  'felt_init_us',
  'failed_billed_ms',
  'unplaced',
  'unplaced_cold',
] as const;
export type CountColumn = (typeof COUNT_COLUMNS)[number];

/** Values that queries read from a rollup row: its columns, and the invocations of days on which errors would not have arrived. */
export const READ_COLUMNS = [...COUNT_COLUMNS, 'errors_unknown'] as const;
export type ReadColumn = (typeof READ_COLUMNS)[number];

/** Position of each column in {@link READ_COLUMNS}. */
export const READ_AT = Object.fromEntries(READ_COLUMNS.map((name, index) => [name, index])) as Record<
  ReadColumn,
  number
>;
const { n: N, with_start: WITH_START, user_felt: USER_FELT, billed_ms: BILLED, felt_init_us: FELT_INIT } = READ_AT;
const { failed_billed_ms: FAILED_BILLED, unplaced: UNPLACED, unplaced_cold: UNPLACED_COLD } = READ_AT;
/** Column of each status code; 0 is success and has none. */
const STATUS_COLUMN: readonly (number | null)[] = [null, READ_AT.timeouts, READ_AT.errors, READ_AT.ooms, READ_AT.exits];
const COLD_COLUMN: readonly number[] = [
  READ_AT.cold_on_demand,
  READ_AT.cold_provisioned,
  READ_AT.cold_snap_start,
  READ_AT.cold_suppressed,
  READ_AT.cold_managed_instance,
];

/** Metrics of one invocation. `cold` indexes {@link COLD_START_KINDS}; `status` indexes ingest's STATUSES. */
export interface InvocationMetrics {
  /** Not positive if the log stream, and with it the environment, is unknown. */
  readonly environmentId: number;
  readonly runMs: number | null;
  readonly durationUs: number;
  readonly billedMs: number | null;
  readonly maxMemoryMb: number | null;
  readonly status: number;
  readonly cold: number | null;
  readonly userFelt: number | null;
  readonly initUs: number | null;
  readonly restoreUs: number | null;
  /** Init that is part of Duration. */
  readonly hiddenInitUs: number | null;
}

const NOTHING = new Uint8Array(0);

export interface ColdSketches {
  /** Init or restore time, ms; of a suppressed init the part of Duration. */
  readonly init: Sketch;
  /** Init or restore plus Duration, ms: what the caller of a cold start waited. */
  readonly total: Sketch;
}

export class RollupBucket {
  /** In the order of {@link READ_COLUMNS}. */
  readonly counts = new Float64Array(READ_COLUMNS.length);
  readonly duration = new Sketch();
  readonly cold = new Map<ColdStartKind, ColdSketches>();
  maxMemoryMb: number | null = null;

  count(column: ReadColumn): number {
    return this.counts[READ_AT[column]] ?? 0;
  }

  /** Adds an invocation (`times` 1) or removes it again (`times` -1). */
  add(row: InvocationMetrics, times: 1 | -1): void {
    this.#bump(N, times);
    if (row.environmentId <= 0) this.#bump(UNPLACED, times);
    if (row.runMs !== null) this.#bump(WITH_START, times);
    const failed = STATUS_COLUMN[row.status] ?? null;
    if (failed !== null) {
      this.#bump(failed, times);
      this.#bump(FAILED_BILLED, times * (row.billedMs ?? 0));
    }
    this.#bump(BILLED, times * (row.billedMs ?? 0));
    this.duration.add(row.durationUs / 1000, times);
    if (row.maxMemoryMb !== null) this.maxMemoryMb = Math.max(this.maxMemoryMb ?? 0, row.maxMemoryMb);
    if (row.cold !== null) this.#addCold(row, row.cold, times);
  }

  #addCold(row: InvocationMetrics, cold: number, times: number): void {
    const kind = COLD_START_KINDS[cold];
    const column = COLD_COLUMN[cold];
    if (kind === undefined || column === undefined) return;
    this.#bump(column, times);
    if (row.environmentId <= 0) this.#bump(UNPLACED_COLD, times);
    const beforeUs = (row.initUs ?? 0) + (row.restoreUs ?? 0);
    const waitUs = beforeUs + (row.hiddenInitUs ?? 0);
    if (row.userFelt === 1) {
      this.#bump(USER_FELT, times);
      this.#bump(FELT_INIT, times * waitUs);
    }
    const sketches = this.coldOf(kind);
    if (waitUs > 0) sketches.init.add(waitUs / 1000, times);
    sketches.total.add((beforeUs + row.durationUs) / 1000, times);
  }

  coldOf(kind: ColdStartKind): ColdSketches {
    let sketches = this.cold.get(kind);
    if (sketches === undefined) {
      sketches = { init: new Sketch(), total: new Sketch() };
      this.cold.set(kind, sketches);
    }
    return sketches;
  }

  /** Removes everything. */
  clear(): void {
    this.counts.fill(0);
    this.duration.clear();
    for (const { init, total } of this.cold.values()) {
      init.clear();
      total.clear();
    }
    this.maxMemoryMb = null;
  }

  merge(other: RollupBucket): void {
    for (let at = 0; at < READ_COLUMNS.length; at += 1) this.#bump(at, other.counts[at] ?? 0);
    this.duration.merge(other.duration);
    for (const [kind, sketches] of other.cold) {
      const mine = this.coldOf(kind);
      mine.init.merge(sketches.init);
      mine.total.merge(sketches.total);
    }
    if (other.maxMemoryMb !== null) this.maxMemoryMb = Math.max(this.maxMemoryMb ?? 0, other.maxMemoryMb);
  }

  encodeCold(): Uint8Array {
    const parts: Uint8Array[] = [];
    for (const [at, kind] of COLD_START_KINDS.entries()) {
      const sketches = this.cold.get(kind);
      if (sketches === undefined) continue;
      const init = sketches.init.encode();
      const total = sketches.total.encode();
      if (total.length === 0 && init.length === 0) continue;
      parts.push(
        Uint8Array.of(at, init.length >> 8, init.length & 255, total.length >> 8, total.length & 255),
        init,
        total,
      );
    }
    return parts.length === 0 ? NOTHING : Buffer.concat(parts);
  }

  mergeEncodedCold(bytes: Uint8Array): void {
    let at = 0;
    while (at + 5 <= bytes.length) {
      const kind = COLD_START_KINDS[bytes[at] ?? 0];
      const initLength = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      const totalLength = ((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0);
      at += 5;
      if (kind !== undefined) {
        const mine = this.coldOf(kind);
        mine.init.mergeEncoded(bytes.subarray(at, at + initLength));
        mine.total.mergeEncoded(bytes.subarray(at + initLength, at + initLength + totalLength));
      }
      at += initLength + totalLength;
    }
  }

  #bump(at: number, by: number): void {
    this.counts[at] = (this.counts[at] ?? 0) + by;
  }
}

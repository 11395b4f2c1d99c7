/**
 * Counters that only increase. Rollups are read since 00:00 UTC of the day before; what happened before that is in the base of each
 * slice. Corrections can make the sum smaller (a cold start gets another kind or cause), which a scraper would take for a restart: each
 * counter then stays at the highest value that it had until the sum is higher again.
 */
import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { SeriesSlice } from '../../../storage/questions/series/types.ts';
import { COUNTER_COLUMNS, INVOCATIONS_AT } from './counter-columns.ts';

/** Counters of slices that have not been seen for this long are dropped: they would begin at zero again. */
const KEPT_MS = 31 * DAY_MS;
const FORMAT = 'thermocline-counters-1';

interface Entry {
  /** Of what happened before the base time. */
  readonly base: Float64Array;
  /** Highest values so far. */
  readonly highest: Float64Array;
  /** When the slice last had invocations in what is read, epoch ms. */
  seenMs: number;
}

export type SliceName = Pick<SeriesSlice, 'function' | 'account' | 'region' | 'version' | 'memoryMb' | 'architecture'>;

export class CounterLedger {
  readonly #entries: Map<string, Entry>;
  /** When slices were last counted before this ledger was read, epoch ms. */
  readonly #lastMs: number;
  #countedMs: number;

  private constructor(entries: Map<string, Entry>, lastMs: number) {
    this.#entries = entries;
    [this.#lastMs, this.#countedMs] = [lastMs, lastMs];
  }

  /** Reads the text of {@link toText}; null, or a text of another form, for counters that begin. */
  static of(text: string | null): CounterLedger {
    const [head = '', ...lines] = (text ?? '').split('\n');
    const [format, counted = '', ...columns] = head.split(' ');
    if (format !== FORMAT) return new CounterLedger(new Map(), 0);
    const places = columns.map((name) => COUNTER_COLUMNS.indexOf(name));
    const entries = new Map<string, Entry>();
    for (const line of lines) {
      const [key = '', seen = '', base = '', highest = ''] = line.split(' ');
      const seenMs = Number(seen);
      if (key === '' || !Number.isFinite(seenMs)) continue;
      entries.set(key, { seenMs, base: rowOf(base, places), highest: rowOf(highest, places) });
    }
    return new CounterLedger(entries, Number(counted));
  }

  /** Adds to the base of a slice what is no longer read from now on. */
  addToBase(slice: SliceName, row: Float64Array, nowMs: number): void {
    const { base } = this.#entryOf(keyOf(slice), nowMs);
    for (let at = 0; at < base.length; at += 1) base[at] = (base[at] ?? 0) + (row[at] ?? 0);
  }

  /** Whether the slice was among those that were counted last. */
  wasCounted(slice: SliceName): boolean {
    const entry = this.#entries.get(keyOf(slice));
    return entry !== undefined && entry.seenMs >= this.#lastMs;
  }

  /**
   * The counters of a slice at several times. `rows`: what happened since the base time and before the first of them, then between one
   * and the next.
   */
  count(slice: SliceName, rows: readonly (Float64Array | null)[], nowMs: number): readonly Float64Array[] {
    const entry = this.#entryOf(keyOf(slice), nowMs);
    entry.seenMs = nowMs;
    const sum = entry.base.slice();
    return rows.map((row, index) => {
      for (let at = 0; row !== null && at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + (row[at] ?? 0);
      if (index === 0) goOnAfterDeletion(entry, sum);
      for (let at = 0; at < sum.length; at += 1) entry.highest[at] = Math.max(entry.highest[at] ?? 0, sum[at] ?? 0);
      return entry.highest.slice();
    });
  }

  /**
   * Ends a round of counting. Slices that were not counted in it have nothing in what is read: where that is less than was counted, it was
   * deleted, and they will go on from where they are.
   */
  endRound(nowMs: number): void {
    this.#countedMs = nowMs;
    for (const entry of this.#entries.values()) {
      if (entry.seenMs < nowMs && isLess(entry.base, entry.highest)) entry.base.set(entry.highest);
    }
  }

  /** Without names of functions: a function that is deleted leaves none here. */
  toText(nowMs: number): string {
    const kept = [...this.#entries].filter(([, { seenMs }]) => seenMs > nowMs - KEPT_MS);
    const lines = kept.map(([key, { seenMs, base, highest }]) => `${key} ${seenMs} ${textOf(base)} ${textOf(highest)}`);
    return [`${FORMAT} ${this.#countedMs} ${COUNTER_COLUMNS.join(' ')}`, ...lines].join('\n');
  }

  #entryOf(key: string, nowMs: number): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const width = COUNTER_COLUMNS.length;
      entry = { base: new Float64Array(width), highest: new Float64Array(width), seenMs: nowMs };
      this.#entries.set(key, entry);
    }
    return entry;
  }
}

/** Invocations never decrease but by a deletion: the counters go on from where they are. */
function goOnAfterDeletion({ base, highest }: Entry, sum: Float64Array): void {
  if (!isLess(sum, highest)) return;
  for (let at = 0; at < sum.length; at += 1) {
    const missing = (highest[at] ?? 0) - (sum[at] ?? 0);
    base[at] = (base[at] ?? 0) + missing;
    sum[at] = (sum[at] ?? 0) + missing;
  }
}

function isLess(row: Float64Array, than: Float64Array): boolean {
  return (row[INVOCATIONS_AT] ?? 0) < (than[INVOCATIONS_AT] ?? 0);
}

function keyOf({ function: name, account, region, version, memoryMb, architecture }: SliceName): string {
  const text = JSON.stringify([name, account, region, version, memoryMb, architecture]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** `column:value` of the columns that are not zero. */
function textOf(row: Float64Array): string {
  const cells: string[] = [];
  for (let at = 0; at < row.length; at += 1) if (row[at] !== 0) cells.push(`${at}:${row[at]}`);
  return cells.length === 0 ? '-' : cells.join(',');
}

/** `places`: of the columns in a row now; -1 for one that is no more. */
function rowOf(text: string, places: readonly number[]): Float64Array {
  const row = new Float64Array(COUNTER_COLUMNS.length);
  for (const cell of text === '-' ? [] : text.split(',')) {
    const [column, value] = cell.split(':').map(Number);
    const at = places[column ?? -1] ?? -1;
    if (at !== -1 && value !== undefined && Number.isFinite(value)) row[at] = value;
  }
  return row;
}

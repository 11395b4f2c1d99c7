/**
 * Rows that are skipped because a stored value does not parse. Any thread reports them; counters in the main thread of the
 * process count them, for readiness and the ingest status.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Skipped rows of one table since counting began. */
export interface SkippedRows {
  readonly table: string;
  readonly n: number;
  /** The first of them, and why it does not parse. */
  readonly example: string;
}

interface SkippedRow {
  readonly table: string;
  /** What identifies the row, for example `function_fact of function 3 at 5`. */
  readonly row: string;
  readonly reason: string;
}

interface Found {
  readonly rows: Set<string>;
  readonly example: string;
}

/** Most rows that a thread reports; a damaged table would otherwise fill the log. */
const MOST_REPORTS = 1000;
const reported = new Set<string>();
const counters = new Set<SkippedRowCounter>();
const channel = new BroadcastChannel('thermocline.skipped-rows');
// Does not keep its thread alive.
channel.unref();
if (isMainThread) channel.onmessage = (message) => count((message as { readonly data: SkippedRow }).data);

function count(row: SkippedRow): void {
  for (const counter of counters) counter.add(row);
}

/** Counts the rows that any thread of the process reports, each once. For the main thread; a product has one. */
export class SkippedRowCounter {
  readonly #byTable = new Map<string, Found>();

  private constructor() {}

  /** Counts from now on. Rows that were reported before are reported again when they are read again. */
  static start(): SkippedRowCounter {
    const counter = new SkippedRowCounter();
    reported.clear();
    counters.add(counter);
    return counter;
  }

  add({ table, row, reason }: SkippedRow): void {
    const found = this.#byTable.get(table) ?? { rows: new Set(), example: `${row} (${reason})` };
    this.#byTable.set(table, found);
    found.rows.add(row);
  }

  /** Skipped rows, by table. */
  all(): readonly SkippedRows[] {
    return [...this.#byTable]
      .map(([table, { rows, example }]) => ({ table, n: rows.size, example }))
      .toSorted((a, b) => (a.table < b.table ? -1 : 1));
  }

  close(): void {
    counters.delete(this);
  }
}

/** Reports a row; the second and later reports of one row by a thread change nothing. Returns false for those. */
export function reportSkippedRow(table: string, row: string, reason: string): boolean {
  if (reported.has(row) || reported.size >= MOST_REPORTS) return false;
  reported.add(row);
  const skipped: SkippedRow = { table, row, reason };
  if (isMainThread) count(skipped);
  else channel.postMessage(skipped);
  return true;
}

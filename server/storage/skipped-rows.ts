/**
 * Rows that are skipped because a stored value does not parse. Any thread reports them; the main thread of the process
 * counts them, for readiness and the ingest status.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Skipped rows of one table since the process started. */
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
const byTable = new Map<string, Found>();
const channel = new BroadcastChannel('thermocline.skipped-rows');
// Does not keep its thread alive.
channel.unref();
if (isMainThread) channel.onmessage = (message) => count((message as { readonly data: SkippedRow }).data);

function count({ table, row, reason }: SkippedRow): void {
  const found = byTable.get(table) ?? { rows: new Set(), example: `${row} (${reason})` };
  byTable.set(table, found);
  found.rows.add(row);
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

/** Skipped rows that any thread of this process has reported, by table. For the main thread. */
export function skippedRows(): readonly SkippedRows[] {
  return [...byTable]
    .map(([table, { rows, example }]) => ({ table, n: rows.size, example }))
    .toSorted((a, b) => (a.table < b.table ? -1 : 1));
}

/** Reads load test files: recognises the tool and splits CSV into rows. */
import type { Rows } from '../documents/load-test.ts';
import {
  looksLikeHey,
  looksLikeHeyCsv,
  looksLikeLocust,
  readHeyCsv,
  readHeySummary,
  readLocustCsv,
} from '../documents/load-test.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import { csvRows } from './csv.ts';

/** Reads `hey` (summary, CSV) and Locust (statistics CSV) output; null for any other text. */
export function readLoadTest(text: string, functionName: string | null): DocumentResult | null {
  if (looksLikeHey(text)) return readHeySummary(text, functionName);
  const header = text.slice(0, Math.max(0, text.indexOf('\n'))).trim();
  const names = header.split(',').map((name) => name.replaceAll('"', ''));
  const hey = looksLikeHeyCsv(names);
  if (!hey && !looksLikeLocust(names)) return null;
  const rows = rowsOf(text);
  if (rows === null) return { ok: false, reason: 'load-test-unreadable' };
  return hey ? readHeyCsv(rows, functionName) : readLocustCsv(rows, functionName);
}

function rowsOf(text: string): Rows | null {
  const { rows, unclosed } = csvRows(text, ',');
  return unclosed === '' ? rows.map((row) => row.map((cell) => cell.trim())) : null;
}

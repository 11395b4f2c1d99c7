/** Reads load test files: recognises the tool and splits CSV into rows. */
import { digestsWithin } from '../batch/record-digest.ts';
import {
  HeyCsvReader,
  looksLikeHey,
  looksLikeHeyCsv,
  looksLikeLocust,
  readHeySummary,
  readLocustCsv,
} from '../documents/load-test.ts';
import type { DocumentResult, TelemetryRecord } from '../records/telemetry-record.ts';
import { eachCsvRow } from './csv.ts';
import type { UploadedRecord } from './parsed-upload.ts';

/** Reads `hey` (summary, CSV) and Locust (statistics CSV) output; null for any other text. */
export function readLoadTest(text: string, functionName: string | null): DocumentResult | null {
  if (looksLikeHey(text)) return readHeySummary(text, functionName);
  const header = text.slice(0, Math.max(0, text.indexOf('\n'))).trim();
  // Dividing a line of very many commas would cost more than its bytes.
  if (!FIRST_NAMES.has(withoutQuotes(header.slice(0, header.indexOf(','))))) return null;
  const names = header.split(',').map(withoutQuotes);
  const hey = looksLikeHeyCsv(names);
  if (!hey && !looksLikeLocust(names)) return null;
  const rows: string[][] = [];
  const requests = new HeyCsvReader();
  const add = hey ? (row: readonly string[]) => requests.add(row) : (row: readonly string[]) => rows.push(trimmed(row));
  if (eachCsvRow(text, ',', add) !== '') return { ok: false, reason: 'load-test-unreadable' };
  return hey ? requests.finish(functionName) : readLocustCsv(rows, functionName);
}

/** Names of the first columns that either tool prints. */
const FIRST_NAMES: ReadonlySet<string> = new Set(['response-time', 'Type']);

function withoutQuotes(name: string): string {
  return name.replaceAll('"', '');
}

/** The records of a load test as an upload holds them. `text` is all of it: the same figures in another run are another record. */
export function loadTestUpload(records: readonly TelemetryRecord[], text: string): readonly UploadedRecord[] {
  const digestOf = digestsWithin(text);
  return records.map((record) => {
    const own = (): string => JSON.stringify(record);
    return { record, text: own, digest: () => digestOf(own()) };
  });
}

function trimmed(row: readonly string[]): string[] {
  return row.map((cell) => cell.trim());
}

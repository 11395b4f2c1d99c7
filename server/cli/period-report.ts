/** Writes the report of a week or month as the server makes it for e-mail: one HTML file, or its table of costs as CSV. */
import { writeFileSync } from 'node:fs';
import type { ApiClient } from '../../ingest/api/api-client.ts';
import { readAnswer } from '../../ingest/api/api-client.ts';
import { byteSize } from '../../ingest/text/quantities.ts';
import { writeOut } from './output.ts';
import { UserError } from './user-error.ts';

export interface PeriodReportOptions {
  /** Files to write; - for standard output. */
  readonly html?: string;
  readonly csv?: string;
  readonly every: 'week' | 'month';
  /** `2026-W48` or `2026-11`; the last whole one without it. */
  readonly period?: string;
  readonly timeZone: string;
  readonly account?: string;
  readonly inRegion?: string;
}

/** Writes the files. @throws UserError if one cannot be written; ApiError if the server refuses the question */
export async function writePeriodReport(
  request: ApiClient,
  name: string | undefined,
  { html, csv, every, period, timeZone, account, inRegion }: PeriodReportOptions,
): Promise<void> {
  const kind = period === undefined ? every : period.includes('W') ? 'week' : 'month';
  const query = new URLSearchParams({ every: kind, timeZone });
  for (const [key, value] of Object.entries({ period, account, region: inRegion, function: name }))
    if (value !== undefined) query.set(key, value);
  for (const [format, path] of [['html', html] as const, ['csv', csv] as const]) {
    if (path === undefined) continue;
    query.set('format', format);
    const response = await request(`/api/v1/report-preview?${query}`);
    if (!response.ok) await readAnswer(response);
    const text = await response.text();
    if (path === '-') writeOut(text);
    else {
      write(`--${format}`, path, text);
      writeOut(`Wrote ${path} (${byteSize(Buffer.byteLength(text))})\n`);
    }
  }
}

function write(option: string, path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError(`${option}: expected a file that can be written, but ${path} cannot be (${code})`);
  }
}

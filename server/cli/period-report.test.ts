/** Which report the command asks for, and where it writes it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ApiError } from '../../ingest/api/api-client.ts';
import { writePeriodReport } from './period-report.ts';
import { run } from './program.ts';
import { UserError } from './user-error.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thermocline-report-'));
  return () => rmSync(folder, { recursive: true, force: true });
});

/** A server that answers with the format, and keeps what was asked. */
function server() {
  const asked: string[] = [];
  const request = async (path: string): Promise<Response> => {
    asked.push(path);
    return new Response(`the ${new URL(path, 'http://localhost').searchParams.get('format')} file`);
  };
  return { asked, request };
}

test('both files of the last whole week', async () => {
  const { asked, request } = server();
  const [html, csv] = [join(folder, 'week.html'), join(folder, 'week.csv')];
  await writePeriodReport(request, undefined, { html, csv, every: 'week', timeZone: 'UTC' });
  expect(asked).toEqual([
    '/api/v1/report-preview?every=week&timeZone=UTC&format=html',
    '/api/v1/report-preview?every=week&timeZone=UTC&format=csv',
  ]);
  expect(readFileSync(html, 'utf8')).toBe('the html file');
  expect(readFileSync(csv, 'utf8')).toBe('the csv file');
});

test.each([
  ['2026-11', 'month'],
  ['2026-W48', 'week'],
])('of %s, whose kind its name says, of one function', async (period, kind) => {
  const { asked, request } = server();
  const options = { html: join(folder, 'x'), every: 'week', period, timeZone: 'Europe/Berlin' } as const;
  await writePeriodReport(request, 'checkout', { ...options, account: '123456789012', inRegion: 'eu-west-1' });
  expect(asked).toEqual([
    `/api/v1/report-preview?every=${kind}&timeZone=Europe%2FBerlin&period=${period}&account=123456789012&region=eu-west-1&function=checkout&format=html`,
  ]);
});

test('what the server refuses, and files that cannot be written', async () => {
  const problem = { title: 'Invalid', errors: [{ field: 'period', message: 'there is no such period' }] };
  const options = { html: join(folder, 'x'), every: 'week', period: '2026-99', timeZone: 'UTC' } as const;
  const refused = writePeriodReport(async () => Response.json(problem, { status: 400 }), undefined, options);
  await expect(refused).rejects.toThrow(new ApiError('Invalid — period: there is no such period', 400));
  const nowhere = { ...options, html: join(folder, 'none/x') };
  const failed = writePeriodReport(server().request, undefined, nowhere);
  await expect(failed).rejects.toThrow(UserError);
  await expect(failed).rejects.toThrow(/^--html: expected a file that can be written, but .* cannot be \(ENOENT\)$/);
});

test('neither a function nor a file is a mistake', async () => {
  expect(await run(['node', 'thermocline', 'report'])).toBe(1);
});

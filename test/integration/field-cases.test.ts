/** Files and payloads from the field, sent to the API. Expected values were read from the files by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const cases = join(import.meta.dirname, '../fixtures/field');
const NOW_MS = Date.UTC(2026, 10, 27);
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => NOW_MS });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

interface Outcome {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
}

/** Sends a file as `thermocline import FILE --function NAME` does, or a subscription message to its own route. */
async function send(file: string, name: string): Promise<Outcome> {
  const body = readFileSync(join(cases, file));
  const isMessage = body.includes('"logEvents"');
  const path = isMessage ? '/ingest/lambda' : `/ingest/logs?function=${name}&account=123456789012&region=us-east-1`;
  const response = await product.fetch(path, {
    method: 'POST',
    headers: { 'content-type': isMessage ? 'application/json' : 'text/plain' },
    body,
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Outcome;
}

interface Invocation {
  readonly requestId: string;
  readonly attempt: number;
  readonly durationMs: number;
  readonly billedDurationMs: number | null;
  readonly initDurationMs: number | null;
  readonly restoreDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly version: string | null;
  readonly status: string;
  readonly errorType: string | null;
  readonly coldStart: { readonly kind: string; readonly userFelt: boolean } | null;
}

const YEAR_MS = 365 * 86_400_000;

/** Invocations of a function by time. A range spans at most 400 days, and the files cover many years. */
async function invocationsOf(name: string): Promise<readonly Invocation[]> {
  const found: Invocation[] = [];
  for (let toMs = NOW_MS; toMs > Date.UTC(2015, 0, 1); toMs -= YEAR_MS) {
    const response = await product.fetch(
      `/api/v1/invocations?function=${name}&from=${toMs - YEAR_MS}&to=${toMs}&limit=100`,
    );
    if (response.status === 404) return [];
    found.push(...((await response.json()) as { items: readonly Invocation[] }).items);
  }
  return found.toReversed();
}

const short = ({ durationMs, billedDurationMs, initDurationMs, status }: Invocation): string =>
  `${durationMs}/${billedDurationMs}${initDurationMs === null ? '' : ` init ${initDurationMs}`} ${status}`;

/** Duration/billed, init if any, and status of each invocation, by time. */
const FILES: readonly (readonly [file: string, form: string, invocations: readonly string[], rejected: number])[] = [
  ['lines/01.txt', 'sam logs, SnapStart', ['2338.66/2521 success'], 0],
  ['lines/02.txt', 'sam logs with an extension', ['90.73/91 init 232.27 success'], 0],
  ['lines/03.txt', 'sam logs with an object over several lines', ['48.28/100 init 136.98 success'], 0],
  [
    'lines/04.csv',
    'console CSV with text platform lines',
    ['5.2/6 init 162.18 success', '68.35/69 success', '28.25/29 success'],
    0,
  ],
  ['lines/06.csv', 'console CSV with quotes and X-Ray', ['76358/76999 init 640.46 success'], 0],
  [
    'lines/08.json',
    'Insights, export of JSON',
    ['26.52/27 init 162.53 success', '30.31/31 init 201.04 success', '20.39/21 init 178.5 success'],
    0,
  ],
  [
    'lines/09.txt',
    'Insights, copied as Markdown, newest first',
    ['2858.27/2859 init 961.59 success', '3666.8/3667 init 960.07 success'],
    0,
  ],
  ['lines/10.json', 'Insights without streams', ['180000/180000 timeout', '180000/180000 timeout'], 0],
  ['lines/11.txt', 'a Markdown table with a zone', ['53.66/54 init 320.03 error'], 0],
  ['lines/12.txt', 'console rows with bars, no REPORT', [], 0],
  ['lines/13.txt', 'expanded console rows, no REPORT', [], 0],
  ['lines/14.ndjson', 'lines wrapped by a logger', ['18018.26/18000 timeout'], 0],
  ['lines/15.ndjson', 'JSON platform records', ['5000/5000 timeout'], 0],
  ['lines/16.txt', 'expanded console rows, each message twice', ['143.12/144 error'], 0],
  ['lines/20.txt', 'two JSON documents', ['26.73/27 success'], 1],
  ['lines/22.txt', 'an Insights ASCII table, no REPORT', [], 0],
  ['lines/23.txt', 'serverless logs, platform lines without a time', [], 3],
  ['lines/25.txt', 'UTF-16', ['49.12/2250 init 2200.1 success'], 0],
  ['lines/25b.txt', 'the same in UTF-8', ['49.12/2250 init 2200.1 success'], 0],
  ['lines/26.csv', 'console CSV with faults', ['1687.96/1688 exit', '3003.17/3000 timeout'], 0],
  ['lines/32.json', 'an array of the Telemetry API', ['537.68/538 success'], 0],
  ['lines/34.txt', 'time and stream in brackets, after a banner', [], 1],
  ['lines/35.txt', 'time, dash, line', ['0.5/100 success'], 0],
  ['lines/36.txt', 'S3 export with blank lines', ['617.4/618 init 745.1 success'], 0],
  [
    'lines/38.csv',
    'Insights CSV',
    ['26.52/27 init 162.53 success', '30.31/31 init 201.04 success', '20.39/21 init 178.5 success'],
    0,
  ],
  [
    'lines/42.txt',
    'expanded console rows of a JSON-format function',
    ['1233.96/1698 init 463.512 success', '1072.145/1073 success'],
    0,
  ],
];

describe('files are read', () => {
  test.each(FILES)('%s: %s', async (file, _form, expected, rejected) => {
    const name = `f-${file.replaceAll(/\W/g, '-')}`;
    const outcome = await send(file, name);
    expect({ file, rejected: outcome.rejected }).toEqual({ file, rejected });
    expect((await invocationsOf(name)).map(short)).toEqual(expected);
    // Sending the file again adds nothing.
    expect((await send(file, name)).accepted).toBe(0);
    expect((await invocationsOf(name)).length).toBe(expected.length);
  });
});

describe('the same three events in every output format of the AWS CLI and the console', () => {
  const forms = [
    'delivery/03.console.csv',
    'delivery/03.get-log-events.json',
    'delivery/20.console.csv',
    'delivery/20.console.json',
    'delivery/20.get-query-results.json',
    'delivery/22.output-text.txt',
    'delivery/22.output-yaml.yaml',
    'delivery/22.query-pairs.json',
    'delivery/22.utf16.json',
  ];
  test.each(forms)('%s', async (file) => {
    const name = `g-${file.replaceAll(/\W/g, '-')}`;
    expect(await send(file, name)).toMatchObject({ rejected: 0 });
    expect((await invocationsOf(name)).map(short)).toEqual(['12.34/13 success']);
  });
});

describe('accepts events from the dead-letter destinations of a forwarder', () => {
  test.each(['delivery/13.event.json', 'delivery/13.on-failure.json', 'delivery/13.sqs-receive-message.json'])(
    '%s',
    async (file) => {
      const outcome = await send(file, '');
      expect(outcome.rejected).toBe(0);
      expect(outcome.accepted + outcome.duplicates).toBeGreaterThan(0);
    },
  );
});

describe('a handler that throws is a failed invocation', () => {
  test.each([
    ['errors/node.json', 'node-throws', 'TypeError'],
    ['errors/java.json', 'java-throws', 'java.lang.IllegalStateException'],
  ])('%s: three of five, as CloudWatch counts them', async (file, name, errorType) => {
    await send(file, name);
    const found = await invocationsOf(name);
    expect(found.map(({ status }) => status)).toEqual(['error', 'success', 'error', 'success', 'error']);
    expect(found.map((one) => one.errorType)).toEqual([errorType, null, errorType, null, errorType]);
    const { items } = await product.json<{
      items: readonly { name: string; errors: number; errorRate: { value: number; n: number } }[];
    }>('/api/v1/functions?from=2026-11-20T00:00:00Z&to=2026-11-27T00:00:00Z');
    expect(items.find((one) => one.name === name)).toMatchObject({ errors: 3, errorRate: { value: 0.6, n: 5 } });
  });

  test('a request with fifteen attempts: fourteen failed, the last succeeded', async () => {
    await send('lines/05.csv', 'fifteen-tries');
    const found = await invocationsOf('fifteen-tries');
    const tries = found.filter(({ requestId }) => requestId === '6d0c5537-0fcf-4330-b25e-0b04ab3534ee');
    expect(tries.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
    expect(tries.map(({ status }) => status)).toEqual([...Array.from({ length: 14 }, () => 'error'), 'success']);
  });

  test("the runtime's own line in a subscription message", async () => {
    await send('lines/50.json', 'node-err');
    expect((await invocationsOf('node-err')).map(({ status }) => status)).toContain('error');
  });

  test('an extension that fails to start', async () => {
    await send('lines/48.json', 'elastic145');
    const found = await invocationsOf('elastic145');
    expect(found.map(short)).toEqual(['1200.55/1201 error']);
    expect(found[0]?.errorType).toBe('Extension.InitError');
  });
});

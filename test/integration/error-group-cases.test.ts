/** Groups of failures of files from the field and of the corpus. Which lines are one fault was read from them by hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { corpusLines } from '../support/corpus.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const cases = join(import.meta.dirname, '../fixtures/field');
const NOW_MS = Date.UTC(2026, 10, 27);
const YEAR_MS = 365 * 86_400_000;
let product: TestProduct;

beforeAll(async () => {
  product = await startProduct({ now: () => NOW_MS });
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

interface Group {
  readonly fingerprint: string;
  readonly title: string;
  readonly kind: string;
  /** Failed attempts, and inits that failed without one. */
  readonly failures: number;
  readonly invocations: number;
}

/** Groups of a function in all years: a range spans at most 400 days. */
async function groupsOf(name: string): Promise<readonly Group[]> {
  const found: Group[] = [];
  for (let toMs = NOW_MS; toMs > Date.UTC(2015, 0, 1); toMs -= YEAR_MS) {
    const path = `/api/v1/errors?function=${name}&from=${toMs - YEAR_MS}&to=${toMs}`;
    found.push(...(await product.json<{ items: Group[] }>(path)).items);
  }
  return found.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** Kind, failures, different requests, and title of each group. */
const FILES: readonly (readonly [file: string, name: string, groups: readonly string[]])[] = [
  // Three invocations throw; two log an error and succeed.
  ['errors/node.json', 'node-throws', ['handler 3 of 3: TypeError: Cannot read properties of undefined (reading "")']],
  ['errors/java.json', 'java-throws', ['handler 3 of 3: java.lang.IllegalStateException: no such order']],
  // One request, tried 15 times; the last succeeded.
  ['lines/05.csv', 'mails', ['handler 14 of 1: requestError: MessageRejected']],
  ['lines/10.json', 'slow', ['timeout 2 of 2: Timed out']],
  ['lines/11.txt', 'table', ['handler 1 of 1: Error: Quantity is not in the expected range [# to #]']],
  ['lines/14.ndjson', 'tool', ['timeout 1 of 1: Timed out']],
  ['lines/15.ndjson', 'json', ['timeout 1 of 1: Timed out']],
  // An init that failed twice, the second time in the invocation that waited for it: one fault.
  ['lines/16.txt', 'import', ['init 2 of 1: Runtime.ImportModuleError']],
  [
    'lines/26.csv',
    'two-faults',
    ['runtime 2 of 1: Runtime.ExitError: Runtime exited without providing a reason', 'timeout 1 of 1: Timed out'],
  ],
  ['lines/44.json', 'nr277', ['timeout 1 of 1: Timed out']],
  ['lines/45.json', 'cargo572', ['runtime 2 of 1: Runtime.ExitError: Runtime exited without providing a reason']],
  ['lines/47.json', 'dd263', ['runtime 1 of 1: Crash: exit code #']],
  ['lines/48.json', 'elastic145', ['init 1 of 1: InitError: exit code #']],
  ['lines/50.json', 'node-err', ['handler 1 of 1: Error: Quantity is not in the expected range [# to #]']],
];

test.each(FILES)('%s', async (file, name, groups) => {
  const body = readFileSync(join(cases, file));
  const isMessage = body.includes('"logEvents"');
  const path = isMessage ? '/ingest/lambda' : `/ingest/logs?function=${name}&account=123456789012&region=us-east-1`;
  const headers = { 'content-type': isMessage ? 'application/json' : 'text/plain' };
  expect((await product.fetch(path, { method: 'POST', headers, body })).status).toBe(200);
  await product.derive();
  const found = await groupsOf(name);
  expect(found.map((one) => `${one.kind} ${one.failures} of ${one.invocations}: ${one.title}`)).toEqual(
    groups.map((text) => expect.stringContaining(text)),
  );
});

/** Lines of the corpus by fault. What is left out says too little: a line without a type, and warnings. */
const FAULTS: Readonly<Record<string, string>> = {
  task_timed_out: 'timeout',
  'task_timed_out.newPayload': 'timeout',
  'task_timed_out.singular': 'timeout',
  'runtime_exit.killed': 'killed',
  runtime_entrypoint: 'no bootstrap',
  'runtime_entrypoint.container': 'format of the entry point',
  'process_exited.old': 'exited early',
  unknown_application_error: 'unknown',
  'fault.newStyle': 'exit without a reason',
  'ext.launch': 'extension that cannot start',
  lambda_warning: 'ValueError',
  'python.import': 'missing module',
  'python.error.nbsp': 'OrderRefused',
};

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|<guid>/g;

test('the corpus: lines of one fault are one group, and no other lines are in it', async () => {
  const lines = corpusLines('errors').filter(({ kind }) => kind in FAULTS);
  const faults = new Map<string, string>();
  // Each line in an invocation and an environment of its own, twice, as another request has it.
  for (const [at, { kind, message: text }] of [...lines, ...lines].entries()) {
    const requestId = `5a17e000-0000-4000-8000-${String(at).padStart(12, '0')}`;
    const endMs = Date.UTC(2026, 10, 26, 8) + at * 60_000;
    faults.set(requestId, FAULTS[kind] ?? '');
    const report = renderReport({
      ...{ requestId, durationMs: 100, billedDurationMs: 100, memorySizeMb: 512, maxMemoryUsedMb: 90 },
      ...{ initDurationMs: null, restoreDurationMs: null, billedRestoreDurationMs: null },
      ...{ status: null, errorType: null, trace: null },
    });
    const events = [
      { id: `${at}1`, timestamp: endMs - 100, message: renderStart(requestId, '7') },
      { id: `${at}2`, timestamp: endMs - 50, message: text.replaceAll(UUID, requestId) },
      { id: `${at}3`, timestamp: endMs, message: report },
    ];
    const logStream = `2026/11/26/[7]${String(at).padStart(32, '0')}`;
    await send(product, [record(message(events, { logGroup: '/aws/lambda/corpus', logStream }))]);
  }
  await product.derive();
  const range = `from=${NOW_MS - YEAR_MS}&to=${NOW_MS}`;
  const groups: string[][] = [];
  for (const { fingerprint } of await groupsOf('corpus')) {
    const path = `/api/v1/functions/corpus/errors/${fingerprint}?${range}`;
    const { examples } = await product.json<{ examples: { requestId: string | null }[] }>(path);
    groups.push([...new Set(examples.map(({ requestId }) => faults.get(requestId ?? '') ?? 'unknown request'))]);
  }
  expect(groups.map((group) => group.join(', ')).toSorted()).toEqual([...new Set(faults.values())].toSorted());
});

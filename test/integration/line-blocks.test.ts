/** Log lines are kept by default, and stay the same when they are packed. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InvocationAnswer } from '../../server/http/contract/invocations.ts';
import { checkStore } from '../../server/storage/sqlite/maintenance/check.ts';
import { message, record, requestId, send } from '../support/firehose.ts';
import { eventsOf } from '../support/log-events.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const AT = Date.UTC(2026, 10, 20, 10);
const clock = { ms: AT };
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
let product: TestProduct;

beforeEach(async () => {
  clock.ms = AT;
  product = await startProduct({ now: () => clock.ms });
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

const rows = (table: string): number => {
  const db = new Database(join(product.folder, 'telemetry.db'), { readonly: true });
  const n = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  db.close();
  return n;
};
const linesOf = async (request: string) =>
  (await product.json<InvocationAnswer>(`/api/v1/invocations/${request}`)).attempts.map(({ lines }) => lines);
async function packAll(): Promise<void> {
  clock.ms += 120_000;
  while (await product.store.lines.pack());
}

const HOSTILE = ['\u0000\u001b[2J', '\u202egnp.exe', '<b>x</b>', `{"level":"ERROR","text":"${'y'.repeat(1_000_000)}"}`];

const [one, two] = [requestId(1), requestId(2)];
const report = (request: string): string =>
  `REPORT RequestId: ${request}\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\n`;

/** Two attempts. Application lines of the first arrive in a message of their own, before the platform lines. */
async function sendAttempts(): Promise<void> {
  await send(product, [
    record(message(eventsOf(HOSTILE.map((text, at) => [AT + 10 + at, text])), { logStream: STREAM })),
    record(
      message(
        eventsOf([
          [AT, `START RequestId: ${one} Version: $LATEST\n`],
          [AT + 50, report(one)],
          [AT + 1000, `START RequestId: ${two} Version: $LATEST\n`],
          [AT + 1001, 'of the second'],
          [AT + 1050, report(two)],
        ]),
        { logStream: STREAM },
      ),
    ),
  ]);
}

/** A stream of application lines alone, and one of no function. */
async function sendLines(): Promise<void> {
  const own = { logGroup: '/aws/lambda/silent', logStream: STREAM };
  await send(product, [
    record(message(eventsOf([[AT, 'hello']]), own)),
    record(message(eventsOf([[AT, 'hello']]), { logGroup: '/ecs/service', logStream: 'task/1' })),
  ]);
}

test('application lines of an attempt are those of that attempt, before and after packing', async () => {
  await sendAttempts();
  const before = [await linesOf(one), await linesOf(two)];
  expect(before[0]?.[0]?.map((line) => line.message)).toEqual([
    `START RequestId: ${one} Version: $LATEST\n`,
    ...HOSTILE,
    report(one),
  ]);
  expect(before[1]?.[0]?.map((line) => [line.message, line.platform])).toEqual([
    [`START RequestId: ${two} Version: $LATEST\n`, true],
    ['of the second', false],
    [report(two), true],
  ]);
  expect([rows('raw_chunk'), rows('line_block')]).toEqual([2, 0]);
  await packAll();
  // The lines after one of a megabyte begin another block.
  expect([rows('raw_chunk'), rows('line_block')]).toEqual([0, 2]);
  expect([await linesOf(one), await linesOf(two)]).toEqual(before);
});

test('a stream of application lines alone is kept, one of no function is not', async () => {
  await sendLines();
  expect(rows('raw_chunk')).toBe(1);
  await packAll();
  expect(rows('line_block')).toBe(1);
});

test('a block that is damaged is found by a check; the function is deleted with its blocks', async () => {
  await sendAttempts();
  await packAll();
  await sendLines();
  await packAll();
  expect(rows('line_block')).toBe(3);
  const path = join(product.folder, 'telemetry.db');
  const [silent] = await product.store.read.resolveFunction({ name: 'silent' });
  expect(checkStore(product.folder).damage).toEqual([]);
  await product.store.deleteTelemetry({ functionIds: [silent?.functionId ?? 0] });
  expect(rows('line_block')).toBe(2);
  const db = new Database(path);
  db.exec("UPDATE line_block SET body = x'00112233445566'");
  db.close();
  const [damage] = checkStore(product.folder).damage;
  expect(damage?.findings.join()).toMatch(/page|line_block 1 cannot be decompressed/);
  // The lines are gone, the rest of the answer is not.
  expect((await linesOf(one))[0]).toEqual([]);
});

test.each([
  ['platform', 0],
  ['off', 0],
  ['errors', 1],
] as const)('%s', async (mode, expected) => {
  const other = await startProduct({ now: () => AT, environment: { THERMOCLINE_RAW_LINES: mode } });
  try {
    await send(other, [record(message(eventsOf([[AT, 'hello']]), { logStream: STREAM }))]);
    const db = new Database(join(other.folder, 'telemetry.db'), { readonly: true });
    expect(db.prepare('SELECT count(*) FROM raw_chunk').pluck().get()).toBe(expected);
    db.close();
  } finally {
    await other.close();
    removeFolder(other.folder);
  }
});

/** `kill -9` while lines are packed: no acknowledged line is lost, and none is there twice. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { EVENTS_PER_PAYLOAD, firehoseBody, payload, payloadText } from '../../bench/load.ts';
import { DAY_MS } from '../../ingest/records/time.ts';
import { chunkLines } from '../../server/storage/lines/chunk-lines.ts';
import { blockLines } from '../../server/storage/sqlite/lines/block.ts';
import { figure, pause } from '../support/drill.ts';
import { ADMIN, removeFolder, startServer, temporaryFolder } from '../support/product.ts';

const CYCLES = Number(process.env['DRILL_CYCLES'] ?? 4);
/** Of one function: enough that they are packed in the first round, five seconds after the start. */
const PAYLOADS = 60;
const PER_REQUEST = 6;
const shape = { seed: 5, functions: 1, fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 1) + DAY_MS };

test(`${CYCLES} kills during packing lose and repeat no line`, async () => {
  const folder = temporaryFolder();
  const acknowledged: number[] = [];
  let packedAtKill = 0;
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const server = await startServer(folder);
    for (let at = 0; at < PAYLOADS; at += PER_REQUEST) {
      const some = Array.from({ length: PER_REQUEST }, (_, of) => cycle * PAYLOADS + at + of);
      const response = await fetch(`${server.url}/ingest/firehose`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-amz-firehose-access-key': ADMIN,
          'x-amz-firehose-request-id': `r${cycle}-${at}`,
        },
        body: firehoseBody(
          `r${cycle}-${at}`,
          some.map((index) => payload(shape, index)),
        ),
      });
      expect(response.status).toBe(200);
      acknowledged.push(...some);
    }
    await untilPacking(folder);
    await pause((cycle * 37) % 150);
    await server.stop('SIGKILL');
    packedAtKill += count(folder, 'line_block') > 0 && count(folder, 'raw_chunk') > 0 ? 1 : 0;
  }
  await (await startServer(folder)).stop();
  const stored = linesIn(folder);
  const expected = new Set(acknowledged.flatMap((index) => keysOf(index)));
  const lost = [...expected].filter((key) => !stored.has(key)).length;
  const repeated = [...stored.values()].filter((n) => n > 1).length;
  figure(
    'kill -9 during packing',
    `${CYCLES} kills, ${packedAtKill} in the middle, ${expected.size} lines, ${lost} lost, ${repeated} repeated`,
    {
      lines: expected.size,
      lost,
      repeated,
    },
  );
  expect(expected.size).toBe(CYCLES * PAYLOADS * EVENTS_PER_PAYLOAD);
  expect({ lost, repeated }).toEqual({ lost: 0, repeated: 0 });
  removeFolder(folder);
});

function count(folder: string, table: string): number {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  const n = Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  db.close();
  return n;
}

async function untilPacking(folder: string): Promise<void> {
  const before = count(folder, 'line_block');
  while (count(folder, 'line_block') === before) await pause(20);
}

/** Number of times that each line is stored, by its time and text. */
function linesIn(folder: string): ReadonlyMap<string, number> {
  const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
  const found = new Map<string, number>();
  const chunks = db.prepare('SELECT gzip FROM raw_chunk').all() as { gzip: Uint8Array }[];
  const blocks = db.prepare('SELECT head, body FROM line_block').all() as { head: Uint8Array; body: Uint8Array }[];
  for (const lines of [...chunks.map(({ gzip }) => chunkLines(1, gzip)), ...blocks.map((block) => blockLines(block))])
    for (const { timestampMs, message } of lines) {
      const key = `${timestampMs} ${message}`;
      found.set(key, (found.get(key) ?? 0) + 1);
    }
  db.close();
  return found;
}

function keysOf(index: number): readonly string[] {
  const { logEvents } = JSON.parse(payloadText(shape, index)) as {
    readonly logEvents: readonly { readonly timestamp: number; readonly message: string }[];
  };
  return logEvents.map(({ timestamp, message }) => `${timestamp} ${message}`);
}

import Database from 'better-sqlite3';
import { afterAll, expect, test, vi } from 'vitest';
import type { StreamHeader } from '../../../../ingest/records/stream-header.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { encodeBlock } from '../lines/block.ts';
import { migrate } from '../migrate.ts';
import { blocksOf } from './blocks.ts';

const AT = Date.UTC(2026, 10, 20);
const db = new Database(':memory:');
migrate(db, ':memory:', 'migrations/sqlite/telemetry');
afterAll(() => db.close());

const header: StreamHeader = {
  account: '1',
  region: 'eu-west-1',
  logGroup: '/aws/lambda/f',
  logStream: 'a',
  functionName: 'f',
  nameInferred: false,
  version: null,
};
const streams = new Map([
  [1, { ...header, attributes: null }],
  [2, { ...header, logStream: 'b', attributes: '{"stage":"prod"}' }],
]);
const line = (environmentId: number, at: number, sequence: number): KeptLine => ({
  environmentId,
  timestampMs: AT + at,
  sequence,
  rank: 0,
  occurrence: 0,
  message: `line ${at}`,
});
const store = (lines: readonly KeptLine[]): void => {
  const { firstMs, lastMs, rawBytes, levels, filter, head, body } = encodeBlock(lines);
  db.prepare(
    `INSERT INTO line_block (function_id, first_ms, last_ms, received_ms, lines, raw_bytes, bytes, levels, filter, head, body)
     VALUES (7, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?)`,
  ).run(firstMs, lastMs, AT + 9, lines.length, rawBytes, JSON.stringify(levels), filter, head, body);
};

test('lines of blocks are moved as chunks of their streams; what is damaged is skipped', () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const lines = [line(1, 0, 5), line(2, 1, 6), line(1, 2, -1), line(3, 3, 8)];
  store(lines);
  store([line(1, 4, 9)]);
  db.exec("UPDATE line_block SET body = x'00112233' WHERE id = 2");
  const pieces = [...blocksOf(db, 7, streams)];
  expect(pieces.map(({ receivedMs, batch }) => [receivedMs, batch.attributes])).toEqual([
    [AT + 9, null],
    [AT + 9, '{"stage":"prod"}'],
  ]);
  const moved = pieces.flatMap(({ batch }) =>
    batch.raw.map(({ stream, gzip }) => [batch.streams[stream]?.logStream, chunkLines(0, gzip)] as const),
  );
  expect(moved).toEqual([
    ['a', [lines[0], lines[2]].map((one) => ({ ...one, environmentId: 0 }))],
    ['b', [{ ...lines[1], environmentId: 0 }]],
  ]);
  expect([...blocksOf(db, 8, streams)]).toEqual([]);
});

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { readRawLogs } from './raw-logs.ts';

const source = { account: '', region: '', logGroup: '/aws/lambda/f', logStream: '' };
const REPORT =
  'REPORT RequestId: 0d1fb0f6-2a4e-4c6e-9d4f-6f3f5d9c1a01\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 91 MB\t';
const AT = '2026-11-20T10:00:00.000Z';
const atMs = Date.parse(AT);

function read(text: string | Buffer) {
  const logs = readRawLogs(Buffer.from(text), source);
  if (!logs.ok) throw new Error(logs.message);
  return logs;
}

describe('shapes people have', () => {
  test.each<[string, string]>([
    ['S3 export and tail --format short', `${AT} ${REPORT}\n`],
    ['aws logs tail', `${AT} 2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef ${REPORT}\n`],
    [
      'aws logs tail with an offset',
      `2026-11-20T11:00:00.000+01:00 2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef ${REPORT}`,
    ],
    ['console copy', `${atMs}\t${REPORT}`],
    [
      'filter-log-events',
      JSON.stringify(
        { events: [{ logStreamName: 's', timestamp: atMs, message: REPORT, eventId: '1' }], searchedLogStreams: [] },
        null,
        4,
      ),
    ],
    ['get-log-events', JSON.stringify({ events: [{ timestamp: atMs, message: REPORT, ingestionTime: 1 }] })],
    ['an array of events', JSON.stringify([{ timestamp: atMs, message: REPORT }])],
    [
      'NDJSON of events',
      `${JSON.stringify({ timestamp: atMs, message: REPORT })}\n${JSON.stringify({ timestamp: AT, message: 'app' })}\n`,
    ],
    [
      'a subscription message',
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '1',
        logGroup: 'g',
        logStream: 's',
        logEvents: [{ id: '1', timestamp: atMs, message: REPORT }],
      }),
    ],
    ['Windows line ends', `${AT} ${REPORT}\r\n`],
  ])('%s', (_name, text) => {
    const logs = read(text);
    const event = logs.streams.flatMap((stream) => stream.events).find((entry) => entry.message.startsWith('REPORT'));
    expect(event).toMatchObject({ timestampMs: atMs });
    expect(logs.unreadable).toEqual([]);
  });

  test('gzip of any of these', () => {
    expect(read(gzipSync(`${AT} ${REPORT}\n`)).streams[0]?.events.length).toBe(1);
  });

  test('lines that belong together are joined again', () => {
    const xray = 'XRAY TraceId: 1-6ac7c67c-4fb697db28b006524e491c37\tSegmentId: 4a861782660d0257\tSampled: true\t';
    expect(read(`${AT} ${REPORT}\n${AT} ${xray}\n`).streams[0]?.events[0]?.message).toContain('\nXRAY');
    expect(read(`${AT} ${REPORT}\n${xray}\n`).streams[0]?.events[0]?.message).toContain('\nXRAY');
  });

  test('a time-out line keeps its own time', () => {
    const line = '2026-02-25T22:04:08.390Z 0d1fb0f6-2a4e-4c6e-9d4f-6f3f5d9c1a06 Task timed out after 3.00 seconds';
    expect(read(line).streams[0]?.events[0]).toMatchObject({
      message: line,
      timestampMs: Date.parse('2026-02-25T22:04:08.390Z'),
    });
  });

  test('JSON platform lines carry their own time; text lines without one are reported', () => {
    const json = '{"time":"2026-11-20T10:00:00.000Z","type":"platform.start","record":{"requestId":"r"}}';
    expect(read(json).streams[0]?.events[0]).toMatchObject({ timestampMs: atMs });
    expect(read(REPORT).unreadable).toEqual([{ reason: 'line-without-time', text: REPORT }]);
  });
});

test('never throws, and loses no byte of text silently', () => {
  law(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const logs = readRawLogs(Buffer.from(bytes), source);
      expect(typeof logs.ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});

test('the time, message, stream and id of a record are found behind thousands of other members', () => {
  const others = Array.from({ length: 5000 }, (_, at) => `"a${at}":1,`).join('');
  const event = `{${others}"eventId":"${'1'.repeat(56)}","logStreamName":"s","timestamp":1795888751426,"message":"x"}`;
  const record = `{${others}"time":1795888751426,"log":"y"}`;
  const read = readRawLogs(Buffer.from(`${event}\n${record}\n`), source);
  expect(read.ok && read.streams).toEqual([
    {
      identity: { ...source, logStream: 's' },
      events: [{ timestampMs: 1_795_888_751_426, id: '1'.repeat(56), message: 'x' }],
    },
    { identity: source, events: [{ timestampMs: 1_795_888_751_426, id: '', message: record }] },
  ]);
});

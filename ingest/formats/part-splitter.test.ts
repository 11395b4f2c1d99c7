import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { PartSplitter } from './part-splitter.ts';
import { readRawLogs } from './raw-logs.ts';

const SOURCE = { account: '', region: '', logGroup: '/aws/lambda/orders', logStream: '' };
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const T = Date.UTC(2026, 10, 20, 10);

interface Event {
  readonly timestampMs: number;
  readonly message: string;
}

/** Every event of the texts, by order. */
function eventsOf(texts: readonly string[]): { readonly events: readonly Event[]; readonly unreadable: number } {
  const events: Event[] = [];
  let unreadable = 0;
  for (const text of texts) {
    const logs = readRawLogs(Buffer.from(text), SOURCE);
    if (!logs.ok) throw new Error(logs.message);
    unreadable += logs.unreadable.length;
    for (const stream of logs.streams)
      events.push(...stream.events.map(({ timestampMs, message }) => ({ timestampMs, message })));
  }
  return { events, unreadable };
}

function parts(text: string, size: number, chunk: number): readonly string[] {
  const splitter = new PartSplitter(size);
  const all: string[] = [];
  for (let at = 0; at < text.length; at += chunk) all.push(...splitter.push(text.slice(at, at + chunk)));
  return [...all, ...splitter.finish()];
}

/** Messages of one function: platform lines, and application text that tries to look like the end of an event. */
const messages = fc.array(
  fc.oneof(
    fc.nat(9999).map((n) => `START RequestId: ${id(n)} Version: $LATEST`),
    fc
      .nat(9999)
      .map(
        (n) =>
          `REPORT RequestId: ${id(n)}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB`,
      ),
    fc.constantFrom('said "hello", then left', 'a | b', '{"level":"info"}', 'two }] ends', "it's"),
  ),
  { minLength: 20, maxLength: 60 },
);

function id(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

const iso = (at: number): string => new Date(T + at).toISOString();
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const FORMS: Readonly<Record<string, (lines: readonly string[]) => string>> = {
  'aws logs tail': (lines) => lines.map((line, at) => `${iso(at)} ${STREAM} ${line}`).join('\n'),
  'console CSV': (lines) =>
    `timestamp,message\n${lines.map((line, at) => `${T + at},${quoted(`${line}\n`)}`).join('\n')}\n`,
  'CSV with CRLF': (lines) =>
    `@timestamp,@message\r\n${lines.map((line, at) => `${iso(at)},${quoted(line)}`).join('\r\n')}\r\n`,
  'Markdown table': (lines) =>
    `| @timestamp | @message |\n| --- | --- |\n${lines.map((line, at) => `| ${iso(at)} | ${line.replaceAll('|', '\\|')} |`).join('\n')}\n`,
  'an indented table, as copied from a list': (lines) =>
    `  | @timestamp | @message |\n  | --- | --- |\n${lines.map((line, at) => `  | ${iso(at)} | ${line.replaceAll('|', '\\|')} |`).join('\n')}\n`,
  'filter-log-events JSON': (lines) =>
    JSON.stringify(
      { events: lines.map((message, at) => ({ timestamp: T + at, message })), searchedLogStreams: [] },
      null,
      4,
    ),
  'JSON with members of every kind before the events': (lines) =>
    JSON.stringify(
      {
        logGroup: '/aws/lambda/orders',
        limit: 1.5e3,
        startFromHead: true,
        interleaved: false,
        nextToken: null,
        searchedLogStreams: ['a', 'b'],
        events: lines.map((message, at) => ({ timestamp: T + at, message })),
      },
      null,
      1,
    ),
  'pages of JSON, one after another': (lines) => {
    const events = lines.map((message, at) => ({ timestamp: T + at, message }));
    const page = (from: number, to: number): string => JSON.stringify({ events: events.slice(from, to) }, null, 2);
    return `${page(0, 10)}\n${page(10, 15)}\n${page(15, lines.length)}\n`;
  },
  'CSV behind the separator line of Excel': (lines) =>
    `sep=;\ntimestamp;message\n${lines.map((line, at) => `${T + at};${quoted(line)}`).join('\n')}\n`,
  'expanded rows of the console': (lines) => lines.map((line, at) => `${iso(at)}\n${line}\n`).join(''),
  'a JSON array of Insights': (lines) =>
    JSON.stringify(lines.map((line, at) => ({ '@timestamp': iso(at), '@message': line }))),
  'query pairs': (lines) => JSON.stringify(lines.map((line, at) => [T + at, line])),
  'subscription messages without a line end': (lines) =>
    lines
      .map((message, at) =>
        JSON.stringify({
          messageType: 'DATA_MESSAGE',
          owner: '123456789012',
          logGroup: '/aws/lambda/orders',
          logStream: STREAM,
          subscriptionFilters: [],
          logEvents: [{ id: '', timestamp: T + at, message }],
        }),
      )
      .join(''),
  NDJSON: (lines) => lines.map((message, at) => JSON.stringify({ timestamp: T + at, message })).join('\n'),
  'text output': (lines) => lines.map((line, at) => `EVENTS\t${T + at + 5}\t${line}\n\t${T + at}`).join('\n'),
  'YAML output': (lines) =>
    `events:\n${lines.map((message, at) => `- message: ${JSON.stringify(message)}\n  timestamp: ${T + at}`).join('\n')}\n`,
  'YAML list': (lines) =>
    lines.map((message, at) => `- message: ${JSON.stringify(message)}\n  timestamp: ${T + at}\n`).join(''),
  'YAML pages': (lines) =>
    `- events:\n${lines.map((message, at) => `  - message: ${JSON.stringify(message)}\n    timestamp: ${T + at}\n`).join('')}`,
  'YAML pairs': (lines) => lines.map((message, at) => `- - ${T + at}\n  - ${JSON.stringify(message)}\n`).join(''),
};

describe('a file in parts holds the same events as the whole', () => {
  test.each(Object.entries(FORMS))('%s', (_name, render) => {
    law(
      fc.property(
        messages,
        fc.integer({ min: 200, max: 900 }),
        fc.integer({ min: 1, max: 400 }),
        (lines, size, chunk) => {
          const text = render(lines);
          const divided = parts(text, size, chunk);
          expect(divided.length).toBeGreaterThan(1);
          expect(eventsOf(divided)).toEqual({
            events: lines.map((message, at) => ({
              timestampMs: T + at,
              message: expect.stringContaining(message.trim()),
            })),
            unreadable: 0,
          });
        },
      ),
      { numRuns: 12 },
    );
  });
});

test('brackets that close nothing, between documents, are no part of them', () => {
  const document = `{"timestamp":${T},"message":"x"}`;
  const text = `${document}]}`.repeat(40);
  const divided = parts(text, 200, 50);
  expect(divided.length).toBeGreaterThan(5);
  expect(divided.join('')).toBe(text);
  for (const part of divided.slice(0, -1)) expect(part.endsWith('"x"}')).toBe(true);
});

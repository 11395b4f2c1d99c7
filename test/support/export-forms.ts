/** Renders drawn log events in a form that a tool prints, and reads them back. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { readRawLogs } from '../../ingest/formats/raw-logs.ts';
import { law } from './law.ts';

export interface FormEvent {
  readonly timestampMs: number;
  readonly message: string;
}

/** Log stream of every rendered event. */
export const STREAM = '2026/11/26/[$LATEST]0123456789abcdef0123456789abcdef';
export const GROUP = '/aws/lambda/orders';
const SOURCE = { account: '', region: '', logGroup: GROUP, logStream: '' };

export interface FormRead {
  readonly events: readonly (FormEvent & { readonly stream: string; readonly group: string })[];
  readonly reasons: readonly string[];
  readonly converted: number;
}

/** Reads a file as `thermocline import` does. `group`: the log group that the command line names. */
export function readForm(file: string | Buffer, group = GROUP): FormRead {
  const logs = readRawLogs(Buffer.from(file), { ...SOURCE, logGroup: group });
  if (!logs.ok) return { events: [], reasons: [logs.message], converted: 0 };
  const events = logs.streams.flatMap(({ identity, events: all }) =>
    all.map(({ timestampMs, message }) => ({
      timestampMs,
      message,
      stream: identity.logStream,
      group: identity.logGroup,
    })),
  );
  const reasons = logs.unreadable.map(({ reason }) => reason);
  return { events, reasons, converted: logs.converted ?? 0 };
}

const T0 = Date.UTC(2026, 10, 26, 10);
const words = fc.constantFrom(
  ...[
    'a',
    'Größe',
    '東京',
    '👍',
    ',',
    ';',
    '"',
    '""',
    "'",
    '\t',
    ' ',
    '\\',
    '|',
    '{"a":1}',
    '=',
    '<b>',
    ': ',
    '- ',
    '#',
    '%s',
  ],
);
const word = fc.constantFrom('x', 'err', 'Größe', '東京', '{', '<', '"q"', "it's");
/** One line: begins and ends with a word, so that a form may fold white space around it. */
const line = fc
  .tuple(word, fc.array(words, { maxLength: 8 }), word)
  .map(([first, inner, last]) => `${first}${inner.join('')}${last}`);
const lines = fc.array(line, { minLength: 1, maxLength: 4 }).map((all) => all.join('\n'));

export const MESSAGES = { line, lines } as const;

/** Events a second or more apart, as all forms can tell them. */
export function drawn(message: fc.Arbitrary<string>): fc.Arbitrary<FormEvent[]> {
  return fc
    .array(fc.tuple(fc.integer({ min: 1000, max: 90_000 }), message), { minLength: 1, maxLength: 6 })
    .map((steps) => {
      let timestampMs = T0;
      return steps.map(([gapMs, text]) => {
        timestampMs += gapMs;
        return { timestampMs, message: text };
      });
    });
}

/** Byte order marks, encodings and line ends that files have. */
export const ENCODINGS = {
  'UTF-8': (text: string) => Buffer.from(text),
  'UTF-8 with a byte order mark': (text: string) => Buffer.from(`\ufeff${text}`),
  'UTF-16LE with a byte order mark': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'UTF-16BE with a byte order mark': (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
  CRLF: (text: string) => Buffer.from(text.replaceAll('\n', '\r\n')),
} as const;

/** Law: what a tool prints of any events is read back, in every encoding. */
export function expectFormToBeRead(
  render: (events: readonly FormEvent[]) => string,
  {
    message = lines,
    stream = STREAM,
    normal = (text: string): string => text,
  }: { readonly message?: fc.Arbitrary<string>; readonly stream?: string; normal?(text: string): string } = {},
): void {
  law(
    fc.property(
      drawn(message),
      fc.constantFrom(...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])),
      (events, encoding) => {
        const read = readForm(ENCODINGS[encoding](render(events)));
        expect(read.reasons).toEqual([]);
        expect(read.events.map((event) => [event.timestampMs, normal(event.message.trim()), event.stream])).toEqual(
          events.map((event) => [event.timestampMs, normal(event.message.trim()), stream]),
        );
      },
    ),
    { numRuns: 150 },
  );
}

/** Each row: what somebody has, and the START and REPORT that have to be read from it, with their log stream. */
export type Variant = readonly [name: string, text: string, stream: string];

export const ID = '00000001-0016-4000-8000-000000000016';
export const START = `START RequestId: ${ID} Version: $LATEST`;
export const REPORT = `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\t`;
export const T = T0 + 1000;

/** {@link START} at {@link T} as readers of single forms return it, of no stream, with other members where given. */
export const exportEvent = (more: object = {}) => ({
  timestampMs: T,
  isConverted: false,
  message: START,
  stream: '',
  id: '',
  group: null,
  account: null,
  ...more,
});

export function expectVariant(text: string | Buffer, stream: string): void {
  const read = readForm(text);
  expect(read.reasons).toEqual([]);
  expect(read.events.map((event) => [event.timestampMs, event.stream, event.message.trim()])).toEqual([
    [T, stream, START],
    [T + 12, stream, REPORT.trim()],
  ]);
}

export const iso = (ms: number): string => new Date(ms).toISOString();
/** `2026-11-26 10:00:01.000`. */
export const blank = (ms: number): string => iso(ms).replace('T', ' ').replace('Z', '');
/** The same moment in the zone +01:00. */
export const berlin = (ms: number): string => iso(ms + 3_600_000).replace('Z', '+01:00');

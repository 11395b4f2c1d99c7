/** Lines that are read from bytes give what {@link parsePlatformLine} reads from their text, or are left to it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import type { ByteText } from './byte-words.ts';
import { byteText } from './byte-words.ts';
import {
  endLine,
  PLAIN,
  REPORT_FIELDS,
  reportEscapes,
  reportLine,
  startLine,
  stringEnd,
  versionOf,
} from './in-place.ts';
import { parsePlatformLine } from './platform-line.ts';

const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';
/** The line as a JSON string between others. */
const BEFORE = '[1,';
const bytesOf = (line: string): Buffer => Buffer.from(`${BEFORE}${JSON.stringify(line)},2]`);
const textOf = (line: string): ByteText => byteText(bytesOf(line));
const AT = BEFORE.length;
const endOf = (line: string): number => AT + Buffer.byteLength(JSON.stringify(line));

function report(line: string): readonly number[] | null {
  const numbers = new Float64Array(REPORT_FIELDS + 2).fill(-1);
  const end = reportLine(textOf(line), AT, numbers, 1);
  if (end === -1) return null;
  expect(end).toBe(endOf(line));
  expect([numbers[0], numbers[REPORT_FIELDS + 1]]).toEqual([-1, -1]);
  return [...numbers.subarray(1, REPORT_FIELDS + 1)];
}

const plain = (duration: string, billed: string, size: string, used: string, init: string | null): string =>
  `REPORT RequestId: ${ID}\tDuration: ${duration} ms\tBilled Duration: ${billed} ms\tMemory Size: ${size} MB\tMax Memory Used: ${used} MB${init === null ? '' : `\tInit Duration: ${init} ms`}\t\n`;

describe('REPORT', () => {
  test('each field, in its place', () => {
    expect(PLAIN).toEqual({ durationMs: 0, billedMs: 1, memoryMb: 2, maxMemoryMb: 3, initMs: 4 });
    expect(report(plain('84.11', '85', '128', '70', null))).toEqual([84.11, 85, 128, 70, Number.NaN]);
    expect(report(plain('84.11', '335', '1024', '71', '250.5'))).toEqual([84.11, 335, 1024, 71, 250.5]);
    expect(report(plain('3', '3', '128', '70', null))).toEqual([3, 3, 128, 70, Number.NaN]);
  });

  test('whatever it reads, the reader of text reads as well', () => {
    const number = fc.oneof(
      fc.nat(999_999).map(String),
      fc.nat(99_999_999).map((n) => (n / 100).toFixed(2)),
      fc.tuple(fc.nat(899), fc.stringMatching(/^\d{1,10}$/)).map(([whole, rest]) => `${whole}.${rest}`),
      fc.constantFrom('', '.5', '5.', '1e3', '-1', '0', '00.10', '1'.repeat(16)),
    );
    const size = fc.oneof(fc.integer({ min: 1, max: 10_240 }).map(String), fc.constantFrom('', '1.5', '1'.repeat(10)));
    // Rounded up, so that most lines are possible.
    const ROUNDED = 'rounded up';
    const charged = fc.constantFrom(ROUNDED, ROUNDED, ROUNDED, '0', '0.00', '1', '0.5', '', 'x', '99999999');
    const used = fc.constantFrom('1', '0', '30', '30', '', '1.5', '99999');
    let read = 0;
    law(
      fc.property(number, charged, size, used, fc.option(number), (duration, billed, memory, max, init) => {
        const line = plain(
          duration,
          billed === ROUNDED ? String(Math.ceil(Number(duration))) : billed,
          memory,
          max,
          init,
        );
        const found = report(line);
        const parsed = parsePlatformLine(line);
        if (found === null) return;
        read += 1;
        if (!parsed.ok || parsed.line.kind !== 'report') throw new Error(`only the bytes are read: ${line}`);
        const { durationMs, billedDurationMs, memorySizeMb, maxMemoryUsedMb, initDurationMs } = parsed.line;
        expect(found).toEqual([
          durationMs,
          billedDurationMs,
          memorySizeMb,
          maxMemoryUsedMb,
          initDurationMs ?? Number.NaN,
        ]);
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  /** 15 digits in all are exact in a double, as are nine decimals. */
  test.each([
    ['nine decimals', plain('84.123456789', '85', '128', '70', null), 84.123456789],
    ['fifteen digits', plain('123456.123456789', '123457', '128', '70', null), 123456.123456789],
    ['sixteen digits', plain('0123456.123456789', '123457', '128', '70', null), null],
    ['fifteen digits without a point', plain('000000000000084', '85', '128', '70', null), 84],
    ['sixteen digits without a point', plain('0000000000000084', '85', '128', '70', null), null],
    ['a point without decimals', plain('84.', '85', '128', '70', null), null],
    ['a point alone', plain('.5', '85', '128', '70', null), null],
    ['sizes of nine digits', plain('84', '85', '000000128', '000000070', null), 84],
    ['a size of ten digits', plain('84', '85', '0000000128', '70', null), null],
    ['used memory of ten digits', plain('84', '85', '128', '0000000070', null), null],
    ['a size without digits', plain('84', '85', '', '70', null), null],
    ['used memory without digits', plain('84', '85', '128', '', null), null],
    ['an init without digits', plain('84', '85', '128', '70', ''), null],
    ['a size with a point', plain('84', '85', '128.0', '70', null), null],
  ])('%s', (_, text, durationMs) => {
    expect(report(text)?.[0] ?? null).toBe(durationMs);
  });

  const line = plain('84.11', '85', '128', '70', null);
  test.each([
    ['a request id in capitals', line.replace(ID, ID.toUpperCase())],
    ['a request id without dashes', line.replace(ID, ID.replaceAll('-', '0'))],
    ['a request id with one digit less', line.replace(ID, ID.slice(1))],
    ['a status', line.replace('\t\n', '\tStatus: timeout\n')],
    [
      'a trace',
      `${line}XRAY TraceId: 1-5b43cb1c-74af0f1ff30ae7c32c96f8ea\tSegmentId: 11f99ff2748d4d07\tSampled: true\t\n`,
    ],
    ['a restore', line.replace('\t\n', '\tRestore Duration: 1.00 ms\t\n')],
    ['blanks for tabs', line.replaceAll('\t', ' ')],
    ['no end', line.slice(0, -2)],
    ['more memory than there is', plain('84.11', '85', '128', '270', null)],
    ['a negative time', plain('-84.11', '85', '128', '70', null)],
    ['a number of ten decimals', plain('84.1100000000', '85', '128', '70', null)],
    ['another word', line.replace('REPORT', 'REPOST')],
  ])('%s is left to the reader of text', (_, other) => {
    expect(report(other)).toBeNull();
  });

  test('escapes: six tabs and newlines, seven with an init', () => {
    for (const [text, n] of [
      [plain('1', '1', '128', '70', null), 6],
      [plain('1', '3', '128', '70', '2'), 7],
    ] as const) {
      const numbers = new Float64Array(REPORT_FIELDS);
      reportLine(textOf(text), AT, numbers, 0);
      expect([reportEscapes(numbers, 0), text.match(/[\t\n]/g)?.length]).toEqual([n, n]);
    }
  });
});

describe('START and END', () => {
  const start = (version: string): string => `START RequestId: ${ID} Version: ${version}\n`;
  const end = `END RequestId: ${ID}\n`;

  test.each(['$LATEST', '7', 'live_2-x', 'x'.repeat(64)])('START of version %s', (version) => {
    const bytes = bytesOf(start(version));
    const after = startLine(textOf(start(version)), AT);
    expect(after).toBe(endOf(start(version)));
    expect(versionOf(bytes, AT, after, '')).toBe(version);
    expect(versionOf(bytes, AT, after, version)).toBe(version);
    // One that begins alike, and one that is its beginning.
    expect(versionOf(bytes, AT, after, `${version}0`)).toBe(version);
    expect(versionOf(bytes, AT, after, version.slice(0, -1))).toBe(version);
    expect(versionOf(bytes, AT, after, `${version.slice(0, -1)}#`)).toBe(version);
  });

  test.each([
    ['no version', start('')],
    ['a version of 65 characters', start('x'.repeat(65))],
    ['a version with a blank', start('1 2')],
    ['a version with an umlaut', start('ü')],
    ['another label', start('1').replace('Version', 'version')],
    ['a request id in capitals', start('1').replace(ID, ID.toUpperCase())],
    ['END', end],
    ['more after it', `${start('1')}x`],
    ['no newline', start('1').trim()],
  ])('%s is no START', (_, line) => {
    expect(startLine(textOf(line), AT)).toBe(-1);
  });

  test('a version consists of letters, digits, $, _ and -', () => {
    const characters = Array.from({ length: 127 - 32 }, (_, at) => String.fromCharCode(32 + at));
    expect(characters.filter((char) => startLine(textOf(start(`1${char}1`)), AT) !== -1).join('')).toBe(
      '$-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz',
    );
  });

  test('END', () => {
    expect(endLine(textOf(end), AT)).toBe(endOf(end));
  });

  test.each([
    ['START', start('1')],
    ['another word', end.replace('END', 'ENT')],
    ['a request id in capitals', end.replace(ID, ID.toUpperCase())],
    ['more after it', end.replace('\n', ' \n')],
    ['nothing', ''],
  ])('%s is no END', (_, line) => {
    expect(endLine(textOf(line), AT)).toBe(-1);
  });

  test('a line that is cut is none', () => {
    for (const [line, read] of [
      [end, endLine],
      [start('1'), startLine],
    ] as const)
      for (let cut = AT; cut < endOf(line); cut += 1)
        expect(read(byteText(bytesOf(line).subarray(0, cut)), AT)).toBe(-1);
  });
});

test('the end of a string of JSON, over escapes', () => {
  for (const text of ['', 'a', 'a"b', 'a\\', '\\"', 'a\nb', 'ü'])
    expect(stringEnd(bytesOf(text), AT)).toBe(endOf(text));
  expect(stringEnd(Buffer.from('x"a"'), 0)).toBe(-1);
  expect(stringEnd(Buffer.from('"a'), 0)).toBe(-1);
  expect(stringEnd(Buffer.from('"a\\"'), 0)).toBe(-1);
});

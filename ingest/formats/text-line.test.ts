import { expect, test } from 'vitest';
import { parsePlatformLine } from '../lines/platform-line.ts';
import { PLATFORM_TERMS } from '../lines/platform-terms.ts';
import { readRawText } from './raw-logs.ts';
import { readPrefixedLine, SHORTEST_LINE } from './text-line.ts';

const LINES = [
  ...PLATFORM_TERMS,
  'START RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-000000000001 Version: 1',
  'END RequestId: 3a7f3b6c-1e0d-4d0f-9f5a-000000000001',
  'LOGS\tName: a\tState: Subscribed\tTypes: [Platform]',
  '1795687200\tx',
  '179568720,x',
  '2026-11-20T10:00:00Z x',
  '[2026-11-20T10:00:00Z] x',
  '{"time":"2026-11-20T10:00:00Z","type":"platform.start"}',
];

test('no line shorter than the shortest is read as a line of its own', () => {
  for (const line of LINES) {
    for (let length = 1; length < SHORTEST_LINE; length += 1) {
      const short = line.slice(0, length);
      expect([short, readPrefixedLine(short), parsePlatformLine(short).ok]).toEqual([short, null, false]);
    }
  }
});

test('short lines continue the line before them, in their order', () => {
  const read = readRawText('2026-11-20T10:00:00.000Z first\n}\n|\n  x\n\nsecond line of the message\n', {
    account: '1',
    region: 'r',
    logGroup: '/aws/lambda/f',
    logStream: 's',
  });
  expect(read).toMatchObject({ ok: true });
  const messages = read.ok ? read.streams.flatMap(({ events }) => events) : [];
  expect(messages.map((event) => event.message)).toEqual(['first\n}\n|\n  x\nsecond line of the message']);
});

test.each([
  // Read by their characters.
  ['1795888751426,x', 'x'],
  ['1795888751426\t~"', '~"'],
  // A blank after the separator is none of the message, and neither are quotes around it.
  ['1795888751426, x', 'x'],
  ['1795888751426,\u00a0x', 'x'],
  ['1795888751426,"x"', 'x'],
  ['1795888751426,é', 'é'],
])('%j is an event behind its time', (line, message) => {
  expect(readPrefixedLine(line)).toMatchObject({ timestampMs: 1_795_888_751_426, isConverted: false, message });
});

test.each(['9795888751426,x', '0795888751426,x', '179588875142a,x', '1795888751426;x'])('%j has no time', (line) => {
  expect(readPrefixedLine(line)).toBeNull();
});

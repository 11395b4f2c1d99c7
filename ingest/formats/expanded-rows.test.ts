/** Rows copied from the console: all expanded, some, or one of them. */
import { describe, expect, test } from 'vitest';
import { readForm } from '../../test/support/export-forms.ts';
import { readExpandedRows } from './expanded-rows.ts';

const ID = '2d5a1b1c-0000-4000-8000-000000000001';
const START = `START RequestId: ${ID} Version: $LATEST`;
const REPORT = `REPORT RequestId: ${ID} Duration: 884.70 ms Billed Duration: 885 ms Memory Size: 128 MB Max Memory Used: 90 MB`;
const ERROR = `[ERROR] KeyError: 'order'\nTraceback (most recent call last):\n  File "/var/task/app.py", line 7, in handler`;
const at = (second: number): string => `2026-11-26T11:00:0${second}.000+01:00`;
const timeMs = (second: number): number => Date.UTC(2026, 10, 26, 10, 0, second);

const read = (...lines: readonly string[]) => {
  const found = readExpandedRows(`${lines.join('\n')}\n`);
  return {
    events: found?.events.map(({ timestampMs, message }) => [timestampMs, message]),
    reasons: found?.problems.map(({ reason }) => reason),
  };
};

test('an expanded row that is printed twice counts once; two different messages stay', () => {
  const rows = '2026-11-26T10:00:01.000Z\nEND\tx\n\nEND x\n2026-11-26T10:00:01.000Z\nfirst\nsecond\n';
  expect(readExpandedRows(rows)?.events.map(({ message }) => message)).toEqual(['END\tx', 'first\nsecond']);
});

describe('one expanded row among others', () => {
  const copied = ERROR.replaceAll(/\s+/g, ' ');
  const rows = (separator: string): readonly string[] => [
    'Timestamp',
    'Message',
    'No older events at this moment. ',
    'Retry',
    '',
    `${at(1)}${separator}${START}`,
    '',
    `${at(2)}${separator}a line of the application`,
    '',
    at(3),
    ERROR,
    '',
    'Copy',
    copied,
    '',
    `${at(4)}${separator}${REPORT}`,
    'No newer events at this moment. Auto retry paused. Resume',
  ];
  const expected = {
    events: [
      [timeMs(1), START],
      [timeMs(2), 'a line of the application'],
      [timeMs(3), ERROR],
      [timeMs(4), REPORT],
    ],
    reasons: [],
  };

  test('is read with the rows before and after it', () => {
    expect(read(...rows('\t'))).toEqual(expected);
  });

  test('is read as a file, too', () => {
    const { events, reasons } = readForm(rows('\t').join('\n'));
    expect(reasons).toEqual([]);
    expect(events.map(({ timestampMs, message }) => [timestampMs, message])).toEqual(expected.events);
  });

  test('is read among rows with a blank after the time, where a second one is expanded', () => {
    const last = [at(5), 'one more', 'Copy', 'one more'];
    expect(read(...rows(' '), ...last)).toEqual({
      events: [...expected.events, [timeMs(5), 'one more']],
      reasons: [],
    });
  });

  test('and a single time alone among rows with blanks is a line of the application', () => {
    expect(readExpandedRows(rows(' ').join('\n'))).toBeNull();
  });
});

test('a line of Node in an expanded row and its repetition are its message', () => {
  const line = `2026-11-26T10:00:01.000Z\t${ID}\tINFO\tdone`;
  expect(read(at(1), line, '', line.replaceAll('\t', ' '), at(2), START)).toEqual({
    events: [
      [timeMs(1), line],
      [timeMs(2), START],
    ],
    reasons: [],
  });
});

test('lines of Node within a longer message are no rows', () => {
  const line = `2026-11-26T10:00:01.000Z\t${ID}\tINFO\tdone`;
  expect(read(at(1), 'first', line).events).toEqual([[timeMs(1), `first\n${line}`]]);
});

test('a message that begins with a time is not a row, nor is its repetition', () => {
  const line = `${at(0)}\tstarted`;
  expect(read(at(1), line, 'Copy', `${at(0)} started`).events).toEqual([[timeMs(1), line]]);
});

test('a platform line behind a time is a row even directly after a time alone', () => {
  expect(read(at(1), `${at(2)}\t${START}`, `${at(3)}\t${REPORT}`).events).toEqual([
    [timeMs(2), START],
    [timeMs(3), REPORT],
  ]);
});

test('a message of the word Copy stays', () => {
  expect(read(at(1), 'Copy', at(2), 'a', 'Copy', 'b').events).toEqual([
    [timeMs(1), 'Copy'],
    [timeMs(2), 'a\nCopy\nb'],
  ]);
});

test('lines before the first time, and platform lines without one, are reported', () => {
  expect(read('text', `${at(1)}\t${START}`, at(2), 'a', `${at(3)}\tb`, 'more', REPORT)).toEqual({
    events: [
      [timeMs(1), START],
      [timeMs(2), 'a'],
      [timeMs(3), 'b\nmore'],
    ],
    reasons: ['line-without-time', 'line-without-time'],
  });
});

test('expanded rows may be indented; what stands before the first time is reported', () => {
  const rows = `Copied from the console\n\n  ${at(1)} \n  first\n\t${at(1)}\n  second\n`;
  expect(readExpandedRows(rows)).toMatchObject({
    events: [
      { timestampMs: timeMs(1), message: 'first' },
      { timestampMs: timeMs(1), message: 'second' },
    ],
    problems: [{ reason: 'line-without-time', text: 'Copied from the console' }],
  });
});

test('an expanded row that is printed twice counts once; two different messages stay', () => {
  const rows = '2026-11-26T10:00:01.000Z\nEND\tx\n\nEND x\n2026-11-26T10:00:01.000Z\nfirst\nsecond\n';
  expect(readExpandedRows(rows)?.events.map(({ message }) => message)).toEqual(['END\tx', 'first\nsecond']);
});

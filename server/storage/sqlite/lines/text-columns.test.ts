import fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../../../test/support/law.ts';
import { putColumns, takeColumns } from './text-columns.ts';

const ID = '3c3c1d1e-8b1f-4d5c-9b1a-1d2e3f4a5b6c';
const OTHER = 'ffffffff-0000-4000-8000-000000000000';
const TRACE = '1-5f8d1a23-02e095f7341508e00b9b6d2b';

const take = (text: string) => {
  const { text: left, ...columns } = takeColumns(Buffer.from(text));
  return { left: Buffer.from(left).toString('latin1'), ...columns };
};

test('an id takes its bytes once, and a byte where it occurs again', () => {
  const { left, places, ids } = take(`${ID} a ${OTHER} ${ID} ${ID} ${TRACE} ${TRACE}`);
  expect(left).toBe('\x01 a \x01 \x01 \x01 \x02 \x02');
  expect([...places]).toEqual([0, 0, 2, 1, 0, 1]);
  expect(Buffer.from(ids).toString('hex')).toBe(
    `${ID.replaceAll('-', '')}${OTHER.replaceAll('-', '')}5f8d1a2302e095f7341508e00b9b6d2b`,
  );
});

test('times are differences, in either form', () => {
  const { left, times } = take('2026-11-20T10:00:00.000Z 2026-11-20T10:00:00.005Z "time":1795168800004,');
  expect(left).toBe('\x04 \x04 "time":\x05,');
  // Signed: twice the number, less one if it is negative. 2026-11-20T10:00:00Z is 1,795,168,800,000 ms; its bytes are seven bits each.
  const first = 2 * Date.UTC(2026, 10, 20, 10);
  expect([...times].slice(-2)).toEqual([10, 1]);
  expect([...times].slice(0, -2).reduce((sum, byte, at) => sum + (byte & 127) * 128 ** at, 0)).toBe(first);
});

test.each([
  // In upper case, within a word, too short, with another number of digits: not an id.
  ID.toUpperCase(),
  `x${ID}`,
  `${ID}f`,
  ID.slice(1),
  `${TRACE}0`,
  'deadbeefdeadbee',
  'deadbeefdeadbeefd',
  // Days and times that there are not.
  '2026-02-30T10:00:00.000Z',
  '2026-11-20T24:00:00.000Z',
  '2026-11-20T10:60:00.000Z',
  '2026-11-20T10:00:61.000Z',
  '2026-11-20T10:00:00.000+01:00',
  '2795168800004',
  '17951688000041',
])('%s stays text', (text) => {
  expect(take(text).left).toBe(text);
});

test('other hexadecimal digits are written with their number', () => {
  const { left, places, ids } = take('id=00f067aa0ba902b7;');
  expect(left).toBe('id=\x03;');
  expect([...places]).toEqual([16]);
  expect(Buffer.from(ids).toString('hex')).toBe('00f067aa0ba902b7');
});

const piece = fc.oneof(
  fc.constantFrom(
    ID,
    OTHER,
    TRACE,
    ID.toUpperCase(),
    '00f067aa0ba902b7',
    '1795168800004',
    '9999999999999',
    '0000000000000',
  ),
  fc.constantFrom(
    '2026-11-20T10:00:00.000Z',
    '0000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '2024-02-29T12:00:00.001Z',
  ),
  fc.constantFrom(' ', '\n', '-', 'x', '0', 'f', '\x00', '\x01', '\x06', '\x07', '1-', 'é', '"'),
  fc.uuid(),
  fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(9999, 0)) })
    .map((date) => date.toISOString()),
  fc.string({ unit: 'binary' }),
);

test('every text is put together again', () => {
  law(
    fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
      const text = Buffer.from(pieces.join(''));
      expect(putColumns(takeColumns(text), text.length).equals(text)).toBe(true);
    }),
  );
  law(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(putColumns(takeColumns(bytes), bytes.length).equals(bytes)).toBe(true);
    }),
  );
});

test('more ids than are kept in mind are written again', () => {
  const ids = Array.from({ length: 100 }, (_, n) => `${String(n).padStart(8, '0')}${ID.slice(8)}`);
  const text = Buffer.from([...ids, ...ids].join('\n'));
  const columns = takeColumns(text);
  expect(columns.ids).toHaveLength(200 * 16);
  expect(putColumns(columns, text.length).equals(text)).toBe(true);
  const few = Buffer.from([...ids.slice(0, 64), ...ids.slice(0, 64)].join('\n'));
  expect(takeColumns(few).ids).toHaveLength(64 * 16);
});

test('columns that do not belong together are an error', () => {
  const text = Buffer.from(`${ID} ${ID} 00f067aa0ba902b7 1795168800004`);
  const columns = takeColumns(text);
  for (const [wrong, length] of [
    [columns, text.length - 1],
    [columns, text.length + 1],
    [{ ...columns, places: Uint8Array.of(2, 1, 16) }, text.length],
    [{ ...columns, places: Uint8Array.of(0, 1, 200) }, text.length],
    [{ ...columns, ids: columns.ids.subarray(1) }, text.length],
    [{ ...columns, times: new Uint8Array(0) }, text.length],
  ] as const)
    expect(() => putColumns(wrong, length)).toThrow(RangeError);
});

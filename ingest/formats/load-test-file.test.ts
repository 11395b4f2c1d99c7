import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { leastCpuRatio } from '../../test/support/cpu.ts';
import { loadTestUpload, readLoadTest } from './load-test-file.ts';

const HEADER = 'Type,Name,Request Count,Failure Count\n';
const digestsOf = (text: string): readonly unknown[] => {
  const result = readLoadTest(text, 'f');
  return result?.ok === true ? loadTestUpload(result.records, text).map(({ digest }) => digest?.()) : [];
};

test('a digest is that of the file and the record, so that stored ones are recognised', () => {
  const text = `${HEADER}GET,/a,1,0\n`;
  const result = readLoadTest(text, 'f');
  const [record] = result?.ok === true ? result.records : [];
  const expected = createHash('sha256')
    .update(`${text}\n${JSON.stringify(record)}`)
    .digest('hex')
    .slice(0, 32);
  expect(digestsOf(text)).toEqual([expected]);
});

test('a file of many rows is hashed once', () => {
  const read = (rows: number) => (): unknown => digestsOf(HEADER + `a,${'b'.repeat(400)},1,1\n`.repeat(rows));
  // Sixteen times the rows: 16 times the work, or 256 times if each hashes the file.
  expect(leastCpuRatio(read(960), read(60), 36)).toBeLessThan(36);
});

test('only a line that begins as a header of either tool is divided at its commas', () => {
  const split = vi.spyOn(String.prototype, 'split');
  const divides = (text: string): number => {
    split.mockClear();
    readLoadTest(text, 'f');
    return split.mock.calls.length;
  };
  const commas = ','.repeat(1000);
  expect([`START${commas}\n!`, `${commas}\n!`, 'Type\n', 'x'].map(divides)).toEqual([0, 0, 0, 0]);
  expect([`Type${commas}\n!`, `"response-time"${commas}\n!`].map(divides)).toEqual([1, 1]);
  split.mockRestore();
});

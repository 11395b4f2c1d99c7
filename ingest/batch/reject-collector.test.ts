import { expect, test } from 'vitest';
import { recordsIn } from '../records/dead-letter.ts';
import { RejectCollector } from './reject-collector.ts';

const one = (reason: string, payload: string) => ({ reason, detail: 'Why.', logGroup: null, payload });
const text = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? []).toString('utf8');

test('5,000 are kept; of the others, the number per reason and an example', () => {
  const rejects = new RejectCollector();
  for (let at = 0; at < 7000; at += 1) rejects.add(one(at % 7 === 0 ? 'b' : 'a', `line ${at}`));
  const letters = rejects.finish();
  expect(letters).toHaveLength(5002);
  expect(recordsIn(letters)).toBe(7000);
  const examples = letters.filter(({ isExample }) => isExample);
  // Multiples of seven in 5000…6999: 5005, 5012, …, 6993.
  expect(examples.map(({ reason, n, payload }) => [reason, n, text(payload)])).toEqual([
    ['a', 1715, 'line 5000'],
    ['b', 285, 'line 5005'],
  ]);
  expect(examples[0]?.detail).toBe(
    '1,715 more of one request, of which only this one is kept: at most 5,000 are. A replay reads this one alone; to read the others, send the body again. Why.',
  );
});

test('equal records are kept once and counted; reasons are kept apart', () => {
  const rejects = new RejectCollector();
  for (let at = 0; at < 200_000; at += 1) rejects.add(one('a', 'x y z'));
  rejects.add({ ...one('b', ''), payload: Buffer.from('x y z') });
  rejects.add({ ...one('b', ''), payload: Buffer.from('x y z') });
  expect(rejects.finish().map(({ reason, n }) => [reason, n])).toEqual([
    ['a', 200_000],
    ['b', 2],
  ]);
});

test('after 32 MiB, only beginnings are kept', () => {
  const rejects = new RejectCollector();
  for (let at = 0; at < 40; at += 1) rejects.add(one('a', `${at}`.padEnd(2_000_000, '-')));
  const sizes = rejects.finish().map(({ payload }) => payload.length);
  expect(sizes).toEqual(Array.from({ length: 40 }, (_, at) => (at < 32 ? 1_048_576 : 4096)));
});

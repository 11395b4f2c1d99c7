import { expect, test } from 'vitest';
import { recordsIn } from '../records/dead-letter.ts';
import { DeadLetterCollector } from './dead-letter-collector.ts';

const one = (reason: string, payload: string) => ({ reason, detail: 'Why.', logGroup: null, payload });
const text = (payload: Uint8Array | undefined): string => Buffer.from(payload ?? []).toString('utf8');

test('5,000 are kept; of the others, the number per reason and an example', () => {
  const letters = new DeadLetterCollector();
  for (let at = 0; at < 7000; at += 1) letters.add(one(at % 7 === 0 ? 'b' : 'a', `line ${at}`));
  const kept = letters.finish();
  expect(kept).toHaveLength(5002);
  expect(recordsIn(kept)).toBe(7000);
  const examples = kept.filter(({ isExample }) => isExample);
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
  const letters = new DeadLetterCollector();
  for (let at = 0; at < 200_000; at += 1) letters.add(one('a', 'x y z'));
  letters.add({ ...one('b', ''), payload: Buffer.from('x y z') });
  letters.add({ ...one('b', ''), payload: Buffer.from('x y z') });
  expect(letters.finish().map(({ reason, n }) => [reason, n])).toEqual([
    ['a', 200_000],
    ['b', 2],
  ]);
});

test('after 32 MiB, only beginnings are kept', () => {
  const letters = new DeadLetterCollector();
  for (let at = 0; at < 40; at += 1) letters.add(one('a', `${at}`.padEnd(2_000_000, '-')));
  const sizes = letters.finish().map(({ payload }) => payload.length);
  expect(sizes).toEqual(Array.from({ length: 40 }, (_, at) => (at < 32 ? 1_048_576 : 4096)));
});

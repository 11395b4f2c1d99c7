/** docs/sql.md: two queries at once; eight more wait; beyond them 503. */
import { expect, test } from 'vitest';
import { QueryTurns } from './turns.ts';

/** Work that ends when the test says so. */
function held() {
  const ends: (() => void)[] = [];
  const began: number[] = [];
  return {
    began,
    work: (n: number) => () =>
      new Promise<number>((resolve) => {
        began.push(n);
        ends[n] = () => resolve(n);
      }),
    end: (n: number) => ends[n]?.(),
  };
}

test('two run, eight wait in their order, and the eleventh is sent away', async () => {
  const { began, work, end } = held();
  const turns = new QueryTurns();
  const all = Array.from({ length: 10 }, (_, n) => turns.run(undefined, work(n)));
  expect(await turns.run(undefined, work(10))).toBe('busy');
  expect(began).toEqual([0, 1]);
  for (let n = 0; n < 10; n += 1) {
    await expect.poll(() => began.includes(n)).toBe(true);
    // No more than two at once: those that ended, and two.
    expect(began.length).toBeLessThanOrEqual(n + 2);
    end(n);
    expect(await all[n]).toBe(n);
  }
  expect(began).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // All places are free again.
  const again = [20, 21].map((n) => turns.run(undefined, work(n)));
  await expect.poll(() => began.slice(10)).toEqual([20, 21]);
  for (const n of [20, 21]) end(n);
  expect(await Promise.all(again)).toEqual([20, 21]);
});

test('a client that left before its turn takes none, and its place among those that wait is free', async () => {
  const { began, work, end } = held();
  const turns = new QueryTurns();
  const gone = new AbortController();
  gone.abort();
  expect(await turns.run(gone.signal, work(0))).toBe('left');
  const running = [1, 2].map((n) => turns.run(undefined, work(n)));
  const leaving = new AbortController();
  const waiting = Array.from({ length: 8 }, (_, n) => turns.run(n === 0 ? leaving.signal : undefined, work(3 + n)));
  expect(await turns.run(undefined, work(90))).toBe('busy');
  leaving.abort();
  expect(await waiting[0]).toBe('left');
  const last = turns.run(undefined, work(91));
  for (const n of [1, 2, 4, 5, 6, 7, 8, 9, 10, 91]) {
    await expect.poll(() => began.includes(n)).toBe(true);
    end(n);
  }
  expect(await Promise.all([...running, ...waiting.slice(1), last])).toEqual([1, 2, 4, 5, 6, 7, 8, 9, 10, 91]);
  expect(began).not.toContain(3);
});

test('work that fails gives its turn on', async () => {
  const { began, work, end } = held();
  const turns = new QueryTurns();
  const running = turns.run(undefined, work(0));
  for (let n = 0; n < 3; n += 1)
    await expect(turns.run(undefined, () => Promise.reject(new Error(`fails ${n}`)))).rejects.toThrow(`fails ${n}`);
  const [failing, next] = [turns.run(undefined, () => Promise.reject(new Error('no'))), turns.run(undefined, work(1))];
  await expect(failing).rejects.toThrow('no');
  await expect.poll(() => began).toEqual([0, 1]);
  for (const n of [0, 1]) end(n);
  expect([await running, await next]).toEqual([0, 1]);
});

test('a client that leaves during its work does not take its turn away', async () => {
  const { began, work, end } = held();
  const turns = new QueryTurns();
  const leaving = new AbortController();
  const run = turns.run(leaving.signal, work(0));
  await expect.poll(() => began).toEqual([0]);
  leaving.abort();
  end(0);
  expect(await run).toBe(0);
});

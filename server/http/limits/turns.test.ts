import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

/** Turns that end when the test says so. */
function manual() {
  const due: (() => void)[] = [];
  const turns = new Turns((resume) => due.push(resume));
  const turn = async (): Promise<void> => {
    for (const resume of due.splice(0)) resume();
    await Promise.resolve();
  };
  return { turns, turn };
}

test('one caller begins in each turn, in the order of the calls', async () => {
  const { turns, turn } = manual();
  const begun: number[] = [];
  for (const n of [1, 2, 3]) void turns.next('known').then(() => begun.push(n));
  await Promise.resolve();
  expect(begun).toEqual([]);
  for (const expected of [[1], [1, 2], [1, 2, 3]]) {
    await turn();
    expect(begun).toEqual(expected);
  }
});

test('a caller that comes while others begin takes the turn after them', async () => {
  const { turns, turn } = manual();
  const begun: string[] = [];
  void turns.next('known').then(() => {
    begun.push('first');
    void turns.next('known').then(() => begun.push('third'));
  });
  void turns.next('known').then(() => begun.push('second'));
  for (let n = 0; n < 3; n += 1) await turn();
  expect(begun).toEqual(['first', 'second', 'third']);
});

test('after all have begun, the next caller begins in the next turn', async () => {
  const { turns, turn } = manual();
  let begun = 0;
  const begin = (): void => {
    void turns.next('known').then(() => {
      begun += 1;
    });
  };
  begin();
  await turn();
  await turn();
  begin();
  expect(begun).toBe(1);
  await turn();
  expect(begun).toBe(2);
});

test('clients with a credential do not wait behind two thousand anonymous ones, which keep one turn in four', async () => {
  const { turns, turn } = manual();
  let anonymous = 0;
  let known = 0;
  for (let n = 0; n < 2000; n += 1)
    void turns.next('anonymous').then(() => {
      anonymous += 1;
    });
  for (let n = 0; n < 30; n += 1)
    void turns.next('known').then(() => {
      known += 1;
    });
  for (let n = 0; n < 40; n += 1) await turn();
  expect([known, anonymous]).toEqual([30, 10]);
  for (let n = 0; n < 1990; n += 1) await turn();
  expect(anonymous).toBe(2000);
});

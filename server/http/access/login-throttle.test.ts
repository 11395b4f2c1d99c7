import { beforeEach, expect, test } from 'vitest';
import { LoginThrottle } from './login-throttle.ts';

const QUARTER_MS = 15 * 60_000;
let nowMs = 0;
let throttle: LoginThrottle;

beforeEach(() => {
  nowMs = 5000;
  throttle = new LoginThrottle(() => nowMs);
});

function attempt(client: string, how: 'failed' | 'succeeded' | 'withdrawn'): number {
  const begun = throttle.begin(client);
  if (!begun.admitted) return begun.waitSec;
  begun.end(how);
  return 0;
}
const fail = (client: string, times: number): void => {
  for (let n = 0; n < times; n += 1) attempt(client, 'failed');
};

test('attempts count before their outcome is known', () => {
  const begun = Array.from({ length: 400 }, () => throttle.begin('a'));
  expect(begun.filter((one) => one.admitted)).toHaveLength(2);
  for (const one of begun) if (one.admitted) one.end('failed');
  fail('a', 8);
  expect(attempt('a', 'failed')).toBe(900);
});

test('a success takes back only its own attempt', () => {
  fail('a', 9);
  expect(attempt('a', 'succeeded')).toBe(0);
  expect(attempt('a', 'withdrawn')).toBe(0);
  fail('a', 1);
  expect(attempt('a', 'succeeded')).toBe(900);
});

test('ending an attempt twice counts once', () => {
  fail('a', 9);
  const begun = throttle.begin('a');
  if (begun.admitted) for (const how of ['failed', 'succeeded', 'withdrawn'] as const) begun.end(how);
  expect(attempt('a', 'succeeded')).toBe(900);
});

test('the wait ends after a quarter of an hour, however the wall clock moves', () => {
  fail('a', 10);
  nowMs += QUARTER_MS;
  expect(attempt('a', 'succeeded')).toBeGreaterThan(0);
  nowMs += 1;
  expect(attempt('a', 'succeeded')).toBe(0);
});

test('strangers share a hundred failures; an address from which somebody signed in does not depend on them', () => {
  attempt('home', 'succeeded');
  for (let n = 0; n < 10; n += 1) fail(`stranger ${n}`, 10);
  expect(attempt('another', 'succeeded')).toBeGreaterThan(0);
  expect(attempt('home', 'succeeded')).toBe(0);
  fail('home', 10);
  expect(attempt('home', 'succeeded')).toBeGreaterThan(0);
});

test('one address alone does not keep others out, and holds one entry', () => {
  for (let n = 0; n < 5000; n += 1) attempt('a', 'failed');
  expect(attempt('b', 'succeeded')).toBe(0);
});

test('the quarter of an hour begins with the first attempt', () => {
  fail('a', 5);
  nowMs += 10 * 60_000;
  fail('a', 5);
  expect(attempt('a', 'failed')).toBe(5 * 60);
});

test('the window of strangers begins with the first of them, however long the server runs', () => {
  nowMs = 10 * 60_000;
  for (let n = 0; n < 10; n += 1) fail(`stranger ${n}`, 10);
  expect(attempt('another', 'failed')).toBe(15 * 60);
});

test('attempts in progress keep their places beyond the window', () => {
  const begun = [throttle.begin('a'), throttle.begin('a')];
  nowMs += QUARTER_MS + 1;
  expect(attempt('a', 'failed')).toBe(1);
  for (const one of begun) if (one.admitted) one.end('failed');
  expect(attempt('a', 'failed')).toBe(0);
});

test('guesses at one user are limited over all strangers; other users, and where somebody signed in, are not', () => {
  attempt('home', 'succeeded');
  const guess = (client: string, user: string) => {
    const begun = throttle.begin(client, user);
    if (begun.admitted) begun.end('failed');
    return begun.admitted ? 0 : begun.waitSec;
  };
  for (let n = 0; n < 20; n += 1) expect(guess(`stranger ${n}`, 'grace')).toBe(0);
  expect(guess('another', 'grace')).toBe(900);
  expect(guess('another', 'ada')).toBe(0);
  expect(guess('home', 'grace')).toBe(0);
  nowMs += QUARTER_MS + 1;
  expect(guess('another', 'grace')).toBe(0);
});

test('a success at a user takes back only its own attempt', () => {
  const end = (n: number, how: 'failed' | 'succeeded') => {
    const begun = throttle.begin(`stranger ${n}`, 'grace');
    if (begun.admitted) begun.end(how);
    return begun.admitted;
  };
  for (let n = 0; n < 19; n += 1) end(n, 'failed');
  expect([end(30, 'succeeded'), end(31, 'failed'), end(32, 'failed')]).toEqual([true, true, false]);
});

test('an address at which somebody signed in is remembered, a thousand of them', () => {
  for (let n = 0; n < 1000; n += 1) attempt(`home ${n}`, 'succeeded');
  // Used again: no longer the oldest.
  attempt('home 0', 'succeeded');
  attempt('home 1000', 'succeeded');
  for (let n = 0; n < 10; n += 1) fail(`stranger ${n}`, 10);
  expect(attempt('another', 'failed')).toBe(900);
  expect([attempt('home 0', 'failed'), attempt('home 2', 'failed'), attempt('home 1000', 'failed')]).toEqual([0, 0, 0]);
  expect(attempt('home 1', 'failed')).toBe(900);
});

test('the longest of the waits is told, in whole seconds and at least one', () => {
  const guess = (client: string, user: string): number => {
    const begun = throttle.begin(client, user);
    if (begun.admitted) begun.end('failed');
    return begun.admitted ? 0 : begun.waitSec;
  };
  fail('a', 10);
  nowMs += 60_000;
  for (let n = 0; n < 20; n += 1) guess(`stranger ${n}`, 'grace');
  // Its own 15 minutes began a minute before those of the user.
  expect([guess('a', 'ada'), guess('a', 'grace'), guess('b', 'grace')]).toEqual([840, 900, 900]);
  nowMs += 839_001;
  expect(guess('a', 'ada')).toBe(1);
  nowMs += 999;
  expect(guess('a', 'ada')).toBe(1);
  nowMs += 1;
  expect([guess('a', 'ada'), guess('c', 'grace')]).toEqual([0, 60]);
});

test('attempts at one user from where somebody signed in do not count for that user', () => {
  attempt('home', 'succeeded');
  for (let n = 0; n < 9; n += 1) {
    const begun = throttle.begin('home', 'grace');
    if (begun.admitted) begun.end('failed');
  }
  const guess = (client: string): boolean => {
    const begun = throttle.begin(client, 'grace');
    if (begun.admitted) begun.end('failed');
    return begun.admitted;
  };
  expect(Array.from({ length: 21 }, (_, n) => guess(`stranger ${n}`))).toEqual([
    ...new Array<boolean>(20).fill(true),
    false,
  ]);
});

test('two attempts of one address at a time, also at different users; a refused one takes no place', () => {
  const [one, two, three] = [throttle.begin('a', 'x'), throttle.begin('a', 'y'), throttle.begin('a', 'z')];
  expect([one.admitted, two.admitted, three]).toEqual([true, true, { admitted: false, waitSec: 1 }]);
  expect(throttle.begin('b', 'x').admitted).toBe(true);
  if (one.admitted) one.end('withdrawn');
  expect(throttle.begin('a', 'z').admitted).toBe(true);
});

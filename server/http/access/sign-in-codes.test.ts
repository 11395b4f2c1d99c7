import { expect, test } from 'vitest';
import { SignInCodes } from './sign-in-codes.ts';

test('a code works once, for a minute, and for its token', () => {
  let nowMs = 0;
  const codes = new SignInCodes(() => nowMs);
  const [one, two, three] = [codes.issue('a'), codes.issue('b'), codes.issue('a')];
  expect(new Set([one, two, three]).size).toBe(3);
  expect([codes.redeem(two), codes.redeem(two)]).toEqual(['b', null]);
  nowMs = 60_000;
  expect(codes.redeem(one)).toBe('a');
  nowMs = 60_001;
  expect(codes.redeem(three)).toBeNull();
  for (const wrong of ['', 'x', one, `${three} `]) expect(codes.redeem(wrong)).toBeNull();
});

test('a hundred codes wait, and the oldest ends', () => {
  const codes = new SignInCodes(() => 0);
  const all = Array.from({ length: 101 }, () => codes.issue('a'));
  expect(codes.redeem(all[0] ?? '')).toBeNull();
  expect(codes.redeem(all[1] ?? '')).toBe('a');
});

test('a code holds 192 random bits, and is not kept as it is', () => {
  const codes = new SignInCodes(() => 0);
  for (let n = 0; n < 20; n += 1) expect(codes.issue('a')).toMatch(/^[\w-]{32}$/);
  // The hundredth is still there with the first.
  const full = new SignInCodes(() => 0);
  const all = Array.from({ length: 100 }, () => full.issue('b'));
  expect(all.map((code) => full.redeem(code))).toEqual(new Array<string>(100).fill('b'));
});

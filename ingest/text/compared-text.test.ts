import { expect, test } from 'vitest';
import { comparedChange, comparedValue } from './compared-text.ts';

test.each([
  [84.11, 'ms', '84.1 ms'],
  [0.0015, 'USD', '$0.0015'],
  [0.071, 'ratio', '7.1 %'],
  [null, 'ms', '–'],
] as const)('%s %s is %s', (value, unit, text) => {
  expect(comparedValue(value, unit)).toBe(text);
});

test.each([
  [0.12, 'ms', '+12 %'],
  [-0.5, 'USD', '−50 %'],
  [0.005, 'ratio', '+0.50 points'],
  [-0.034, 'ratio', '−3.4 points'],
  [0, 'ratio', '0 points'],
  [null, 'ms', '–'],
] as const)('a change of %s in %s is %s', (change, unit, text) => {
  expect(comparedChange(change, unit)).toBe(text);
});

import { expect, test } from 'vitest';
import { compareText } from './compare-text.ts';

test('texts stand by their code units in every locale: capitals, small letters, then letters with accents', () => {
  const names = ['zeta', 'ähnlich', 'alpha', 'Zeta', '$LATEST', '10', '9', 'alpha'];
  expect(names.toSorted(compareText)).toEqual(['$LATEST', '10', '9', 'Zeta', 'alpha', 'alpha', 'zeta', 'ähnlich']);
});

test('the sign of each pair', () => {
  expect([compareText('a', 'b'), compareText('b', 'a'), compareText('a', 'a')]).toEqual([-1, 1, 0]);
  expect(compareText('a', 'ab')).toBe(-1);
});

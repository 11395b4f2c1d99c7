import { expect, test } from 'vitest';
import * as z from 'zod';
import { fieldErrorsOf } from './validation.ts';

const schema = z.strictObject({ a: z.strictObject({ b: z.number() }).optional() });

test.each([
  [{ a: { b: 'x' } }, ['a.b']],
  [{ x: 1, y: 1 }, ['x', 'y']],
  [{ a: { b: 1, '': 1 } }, ['a.""']],
  [{ '': 1 }, ['""']],
  [{ ['k'.repeat(101)]: 1 }, ['k'.repeat(100)]],
  [1, ['body']],
])('what is wrong with %j is named', (value, fields) => {
  const { error } = schema.safeParse(value);
  expect(error === undefined ? [] : fieldErrorsOf(error, 'body').map(({ field }) => field)).toEqual(fields);
});

import { expect, test } from 'vitest';
import { isLarge } from './json-body.ts';

const MIB = 1_048_576;
const KIB_64 = 65_536;
const padded = (text: string, bytes: number): Uint8Array => Buffer.from(text.padEnd(bytes));

test.each([
  ['a body of the usual size', '{"name":1}', MIB, MIB, false],
  ['a larger one', '{"name":1}', MIB + 1, MIB, true],
  ['a list', '{"Functions":[]}', KIB_64, 32 * MIB, false],
  ['a list of many functions', '{"Functions":[]}', KIB_64 + 1, 32 * MIB, true],
  ['a list of many functions whose name is escaped', '{"\\u0046unctions":[]}', KIB_64 + 1, 32 * MIB, true],
  ['declared facts', ' { "functions" : []}', MIB, 32 * MIB, false],
  ['declared facts beside a list', '{"functions":[],"Functions":[]}', KIB_64 + 1, 32 * MIB, true],
  [
    'declared facts beside a list whose name is escaped',
    '{"functions":[],"Func\\u0074ions":[]}',
    KIB_64 + 1,
    32 * MIB,
    true,
  ],
  ['a few declared facts beside a list', '{"functions":[],"Functions":[]}', KIB_64, 32 * MIB, false],
  ['more declared facts than are read', '{"functions":[]}', MIB + 1, 32 * MIB, true],
])('%s: read by another thread?', (_, text, bytes, most, expected) => {
  expect(isLarge(padded(text, bytes), most)).toBe(expected);
});

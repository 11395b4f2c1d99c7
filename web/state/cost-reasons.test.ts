import { expect, test } from 'vitest';
import { compareExamples } from '../../server/http/contract/examples/compare.ts';
import { costReasons } from './cost-reasons.ts';

const { before, after } = compareExamples.comparePeriods.answer;
const sides = (reasonBefore: string | null, reasonAfter: string | null) => ({
  before: { ...before, costReason: reasonBefore },
  after: { ...after, costReason: reasonAfter },
});

test.each([
  [null, null, []],
  ['the instances are billed by EC2', 'the instances are billed by EC2', ['Cost: the instances are billed by EC2.']],
  [null, 'the instances are billed by EC2', ['Cost after: the instances are billed by EC2.']],
  ['the price is not known', null, ['Cost before: the price is not known.']],
  ['a', 'b', ['Cost before: a.', 'Cost after: b.']],
])('reasons %j and %j', (reasonBefore, reasonAfter, sentences) => {
  expect(costReasons(sides(reasonBefore, reasonAfter))).toEqual(sentences);
});

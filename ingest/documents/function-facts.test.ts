/** Records of one function with its versions. Fields as in the Lambda API reference, FunctionConfiguration. */
import { expect, test } from 'vitest';
import type { FunctionFacts } from '../records/function-facts.ts';
import { joinVersions, readFunctionFacts } from './function-facts.ts';

function facts(Version: string | undefined, MemorySize: number, CodeSha256: string | undefined): FunctionFacts {
  const read = readFunctionFacts({
    FunctionName: 'checkout',
    FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
    MemorySize,
    ...(Version === undefined ? {} : { Version }),
    ...(CodeSha256 === undefined ? {} : { CodeSha256 }),
  });
  const record = read.ok ? read.records[0] : undefined;
  if (record?.kind !== 'function-facts') throw new Error('expected facts');
  return record;
}

test.each([
  ['listed first', [facts('$LATEST', 512, 'c'), facts('1', 128, 'a'), facts('2', 256, 'a')]],
  ['listed last', [facts('1', 128, 'a'), facts('2', 256, 'a'), facts('$LATEST', 512, 'c')]],
  ['without a version', [facts('1', 128, 'a'), facts(undefined, 512, 'c'), facts('2', 256, 'a')]],
])('$LATEST %s gives the configuration, and every version its code', (_, records) => {
  expect(joinVersions(records)).toMatchObject([
    { memoryMb: 512, codeSha256: 'c', versionCodes: { '1': 'a', '2': 'a' } },
  ]);
});

test('records of versions alone, and functions without versions', () => {
  expect(joinVersions([facts('1', 128, 'a'), facts('2', 256, 'b')])).toMatchObject([
    { memoryMb: 256, codeSha256: null, versionCodes: { '1': 'a', '2': 'b' } },
  ]);
  expect(joinVersions([facts('$LATEST', 512, 'c')])).toMatchObject([{ versionCodes: null }]);
  expect(joinVersions([])).toEqual([]);
});

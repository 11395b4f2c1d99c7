/** Records of one function with its versions. Fields as in the Lambda API reference, FunctionConfiguration. */
import { expect, test } from 'vitest';
import type { FunctionFacts } from '../records/function-facts.ts';
import { architecturesIn } from '../records/function-facts.ts';
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

/** As `list-functions --function-version ALL` lists a function that moved to arm64 after its version 1. */
function listed(Version: string, architecture: string | null) {
  const read = readFunctionFacts({
    FunctionName: 'checkout',
    FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:checkout',
    Version,
    LastModified: '2026-11-20T10:15:30.000+0000',
    ...(architecture === null ? {} : { Architectures: [architecture] }),
  });
  const record = read.ok ? read.records[0] : undefined;
  if (record?.kind !== 'function-facts') throw new Error('expected facts');
  return record;
}

const LISTED_MS = Date.UTC(2026, 10, 20, 10, 15, 30);

test('$LATEST has its architecture since its update, published versions have theirs for ever', () => {
  const [joined] = joinVersions([listed('1', 'x86_64'), listed('$LATEST', 'arm64'), listed('2', 'arm64')]);
  if (joined === undefined) throw new Error('expected facts');
  expect(architecturesIn(joined, LISTED_MS + 1)).toEqual([
    ['', LISTED_MS, 'arm64'],
    ['1', 0, 'x86_64'],
    ['2', 0, 'arm64'],
  ]);
});

test('a version that is read alone says nothing about $LATEST; a declaration counts from when it was made', () => {
  expect(architecturesIn(listed('1', 'x86_64'), LISTED_MS)).toEqual([['1', 0, 'x86_64']]);
  expect(architecturesIn(listed('$LATEST', null), LISTED_MS)).toEqual([]);
  const declared = { ...listed('$LATEST', 'arm64'), lastModifiedMs: null };
  expect(architecturesIn(declared, LISTED_MS + 5)).toEqual([['', LISTED_MS + 5, 'arm64']]);
});

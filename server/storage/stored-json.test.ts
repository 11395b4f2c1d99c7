import { expect, test, vi } from 'vitest';
import { SkippedRowCounter } from './skipped-rows.ts';
import { functionFacts, idleTimeBins, parseStored } from './stored-json.ts';

test('a value that fits its schema is returned, and fields of newer versions are null in older rows', () => {
  expect(parseStored(idleTimeBins, '[[3,1,0]]', 'derived_slot 1')).toEqual([[3, 1, 0]]);
  expect(parseStored(functionFacts, '{"memoryMb":512}', 'function_fact 1')).toMatchObject({
    memoryMb: 512,
    lastModifiedMs: null,
  });
});

test('a value that does not parse is reported once, with the row and the reason', () => {
  const skipped = SkippedRowCounter.start();
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  expect(parseStored(idleTimeBins, '[[3,1', 'stored_test 2')).toBeNull();
  expect(parseStored(idleTimeBins, '[[3,"x",0]]', 'stored_test 3')).toBeNull();
  expect(parseStored(idleTimeBins, '[[3,"x",0]]', 'stored_test 3')).toBeNull();
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'Stored JSON is invalid and was skipped: stored_test 2 (not JSON)',
    expect.stringContaining('stored_test 3 (0.1: '),
  ]);
  expect(skipped.all()).toEqual([{ table: 'stored_test', n: 2, example: 'stored_test 2 (not JSON)' }]);
  skipped.close();
  warn.mockRestore();
});

test('a counter counts what is read from its start to its end, although it was reported before', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const first = SkippedRowCounter.start();
  parseStored(idleTimeBins, '[', 'stored_test 4');
  first.close();
  const second = SkippedRowCounter.start();
  parseStored(idleTimeBins, '[', 'stored_test 4');
  parseStored(idleTimeBins, '[', 'stored_test 5');
  second.close();
  parseStored(idleTimeBins, '[', 'stored_test 6');
  expect(first.all().map(({ n }) => n)).toEqual([1]);
  expect(second.all().map(({ n }) => n)).toEqual([2]);
  warn.mockRestore();
});

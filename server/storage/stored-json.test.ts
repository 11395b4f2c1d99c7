import { expect, test, vi } from 'vitest';
import { skippedRows } from './skipped-rows.ts';
import { functionFacts, idleTimeBins, parseStored } from './stored-json.ts';

test('a value that fits its schema is returned, and fields of newer versions are null in older rows', () => {
  expect(parseStored(idleTimeBins, '[[3,1,0]]', 'derived_slot 1')).toEqual([[3, 1, 0]]);
  expect(parseStored(functionFacts, '{"memoryMb":512}', 'function_fact 1')).toMatchObject({
    memoryMb: 512,
    lastModifiedMs: null,
  });
});

test('a value that does not parse is reported once, with the row and the reason', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  expect(parseStored(idleTimeBins, '[[3,1', 'derived_slot 2')).toBeNull();
  expect(parseStored(idleTimeBins, '[[3,"x",0]]', 'derived_slot 3')).toBeNull();
  expect(parseStored(idleTimeBins, '[[3,"x",0]]', 'derived_slot 3')).toBeNull();
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'Stored JSON is invalid and was skipped: derived_slot 2 (not JSON)',
    expect.stringContaining('derived_slot 3 (0.1: '),
  ]);
  expect(skippedRows()).toEqual([{ table: 'derived_slot', n: 2, example: 'derived_slot 2 (not JSON)' }]);
  warn.mockRestore();
});

/** Where answers are shaped: in the thread that reads, or in the answers thread. */
import { expect, test } from 'vitest';
import { Packed } from '../../storage/packed.ts';
import { readShaped } from './shape-answer.ts';

const TERMS = { plans: [], tier: 1, logTier: 1 } as const;
const DECLARED = { hours: 1, functions: [] };
const QUESTION = ['fleet', { fromMs: 0, toMs: 10, widthMs: null }] as const;

function contextOf(found: unknown) {
  const calls: unknown[] = [];
  const store = {
    readShaped: async (...question: unknown[]) => {
      calls.push(question);
      return found;
    },
  };
  const analysis = {
    shape: async (...task: unknown[]) => {
      calls.push(task);
      return { bytes: Uint8Array.of(2), meta: null };
    },
  };
  return { calls, context: { store, analysis } as never };
}

test('a reader thread that shaped the answer leaves nothing to do', async () => {
  const { calls, context } = contextOf({ bytes: Uint8Array.of(1), meta: null });
  const answer = await readShaped(context, QUESTION, 'overview', 7, DECLARED, TERMS);
  expect(answer.bytes).toEqual(Uint8Array.of(1));
  expect(calls).toEqual([[...QUESTION, { name: 'overview', args: [7, DECLARED, TERMS] }]]);
});

test('rows that were read in no thread are shaped in the answers thread', async () => {
  const rows = new Packed<never>(null, 'rows' as never);
  const { calls, context } = contextOf(rows);
  const answer = await readShaped(context, QUESTION, 'overview', 7, DECLARED, TERMS);
  expect(answer.bytes).toEqual(Uint8Array.of(2));
  expect(calls.slice(1)).toEqual([['overview', [rows, 7, DECLARED, TERMS]]]);
});

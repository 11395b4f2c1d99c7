/** Where answers are shaped: in the thread that reads, or in the answers thread. */
import { expect, test } from 'vitest';
import { Packed } from '../../storage/packed.ts';
import { readShaped } from './shape-answer.ts';

const TERMS = { plans: [], tier: 1, logTier: 1 } as const;
const DECLARED = { hours: 1, functions: [] };
const QUESTIONS = [['fleet', { fromMs: 0, toMs: 10, widthMs: null }]] as const;

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
  const answer = await readShaped(context, QUESTIONS, 'overview', 7, DECLARED, TERMS);
  expect(answer.bytes).toEqual(Uint8Array.of(1));
  expect(calls).toEqual([[QUESTIONS, { name: 'overview', args: [7, DECLARED, TERMS] }]]);
});

test('rows that were read in no thread are shaped in the answers thread, in the order of their questions', async () => {
  const found = [new Packed(null, 'before'), new Packed(null, 'after')];
  const { calls, context } = contextOf(found);
  const period = { functionId: 1, blockMs: 10 };
  const questions = [
    ['distribution', { ...period, fromMs: 0, toMs: 10 }],
    ['distribution', { ...period, fromMs: 10, toMs: 20 }],
  ] as const;
  const answer = await readShaped(context, questions, 'comparison', 'eu-west-1');
  expect(answer.bytes).toEqual(Uint8Array.of(2));
  expect(calls.slice(1)).toEqual([['comparison', [...found, 'eu-west-1']]]);
});

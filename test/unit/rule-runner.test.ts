/** Rules at their ticks: failures that are told, windows that got lines late, series without number. */
import { expect, test } from 'vitest';
import { AlertBook } from '../../server/alerts/alert-state.ts';
import { RuleRunner } from '../../server/alerts/evaluate/rule-runner.ts';
import type { Measurement, Signals } from '../../server/alerts/evaluate/signals.ts';
import { ruleOf } from '../../server/alerts/rules/documents.ts';
import type { Measured, Rule } from '../../server/alerts/rules/rule.ts';
import { ruleDocument } from '../../server/http/contract/alert-rules.ts';
import type { AlertStore } from '../../server/storage/questions/alerts/types.ts';

const MINUTE = 60_000;

function world(rule: Record<string, unknown>, measure: (tickMs: number) => Measurement | Error) {
  const book = new AlertBook();
  const parsed: Rule = ruleOf(
    ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, signal: { kind: 'unparsed' }, settle: '0s', ...rule }),
  );
  book.rules.set(parsed.id, parsed);
  const told: string[] = [];
  let nowMs = 0;
  const write = {
    saveEvaluations: async (results: Parameters<AlertStore['saveEvaluations']>[0]) => {
      for (const { status, alert } of results.flatMap((result) => result.events)) {
        const { ruleName, reason } = JSON.parse(alert) as { ruleName: string; reason: string | null };
        told.push(`${nowMs / MINUTE} ${status} ${ruleName}${reason === null ? '' : ` (${reason})`}`);
      }
    },
  } as unknown as AlertStore;
  const signals = {
    forget: () => undefined,
    measure: async (_: Rule, tickMs: number) => {
      const found = measure(tickMs);
      if (found instanceof Error) throw found;
      return found;
    },
  } as unknown as Signals;
  const runner = new RuleRunner(
    {
      write,
      signals,
      evidence: async () => [],
      now: () => nowMs,
      randomHex: () => '0',
      onError: (error) => {
        throw error;
      },
    },
    book,
  );
  const at = async (minute: number): Promise<void> => {
    nowMs = minute * MINUTE;
    await runner.evaluateDue();
  };
  return { book, told, at };
}

const found = (value: number, n = 10, truncated = false): Measurement => {
  const measured: Measured[] = [{ labels: { function: 'f' }, value, n, interval: null }];
  return { unit: 'ratio', measured, truncated };
};

test('a failing query alerts after three failures, never counts as resolved, and clears when it succeeds', async () => {
  const { told, at, book } = world({}, (tickMs) =>
    tickMs >= 2 * MINUTE && tickMs < 6 * MINUTE ? new Error('disk') : found(2),
  );
  for (let minute = 0; minute < 8; minute += 1) await at(minute);
  expect(told).toEqual([
    '0 firing R',
    '4 firing Rule cannot be evaluated',
    '6 resolved Rule cannot be evaluated (rule-works-again)',
  ]);
  expect(book.watches.get('r')).toMatchObject({ error: null, errors: 0 });
});

test('lines that arrive after their window closed are counted and notified once', async () => {
  const late = new Map([[3 * MINUTE, found(0, 5)]]);
  const { told, at, book } = world({ allowedLateness: '2m' }, (tickMs) => late.get(tickMs) ?? found(0));
  for (let minute = 0; minute < 5; minute += 1) await at(minute);
  late.set(3 * MINUTE, found(2, 20));
  for (let minute = 5; minute < 12; minute += 1) await at(minute);
  expect(told).toEqual(['5 firing R', '6 resolved R']);
  expect(book.watches.get('r')?.late).toBe(1);
});

test('a clock that goes backwards neither skips nor repeats a window; missed windows are counted', async () => {
  const ticks: number[] = [];
  const { at, book } = world({}, (tickMs) => {
    ticks.push(tickMs / MINUTE);
    return found(0);
  });
  for (const minute of [10, 11, 6, 7, 11, 11.5, 12, 20]) await at(minute);
  expect(ticks).toEqual([10, 11, 12, 20]);
  expect(book.watches.get('r')?.skipped).toBe(7);
});

test('a clock that was hours ahead restarts the schedule when corrected; one that jumps ahead catches up once', async () => {
  const ticks: number[] = [];
  const { at, book } = world({}, (tickMs) => {
    ticks.push(tickMs / MINUTE);
    return found(0);
  });
  for (const minute of [600, 601, 481, 482, 602, 603]) await at(minute);
  expect(ticks).toEqual([600, 601, 481, 482, 602, 603]);
  expect(book.watches.get('r')?.skipped).toBe(119);
});

test('a query with more series than the limit is reported', async () => {
  const { at, book } = world({}, () => found(0, 10, true));
  await at(1);
  expect(book.truncated.has('r')).toBe(true);
});

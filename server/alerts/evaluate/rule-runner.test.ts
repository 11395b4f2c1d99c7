/** Evaluation of rules at their ticks: failures, late data, clock jumps, too many series. */

import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import type { AlertStore } from '../../storage/questions/alerts/types.ts';
import { AlertState } from '../alert-state.ts';
import { ruleOf } from '../rules/documents.ts';
import type { Measured, Rule } from '../rules/rule.ts';
import type { Measurement } from './measurement.ts';
import { RuleRunner } from './rule-runner.ts';
import type { Signals } from './signals.ts';

function setUp(rule: Record<string, unknown>, measure: (tickMs: number) => Measurement | Error) {
  const state = new AlertState();
  const parsed: Rule = ruleOf(
    ruleDocument.parse({ id: 'r', name: 'R', threshold: 1, signal: { kind: 'unparsed' }, settle: '0s', ...rule }),
  );
  state.rules.set(parsed.id, parsed);
  const notified: string[] = [];
  let nowMs = 0;
  let ids = 0;
  /** How many invocations each stored instance shows. */
  const shown: number[] = [];
  const write = {
    saveEvaluations: async (results: Parameters<AlertStore['saveEvaluations']>[0]) => {
      for (const { alert } of results.flatMap((result) => result.changed))
        shown.push((JSON.parse(alert) as { evidence: unknown[] }).evidence.length);
      for (const { status, alert } of results.flatMap((result) => result.events)) {
        const { ruleName, reason } = JSON.parse(alert) as { ruleName: string; reason: string | null };
        notified.push(`${nowMs / MINUTE_MS} ${status} ${ruleName}${reason === null ? '' : ` (${reason})`}`);
      }
    },
  } as unknown as AlertStore;
  const turns = { n: 0 };
  const evidence = { asked: [] as string[], fails: false, reported: [] as string[] };
  const signals = {
    clearCache: () => undefined,
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
      evidence: async (_, { labels }) => {
        evidence.asked.push(labels['function'] ?? '');
        if (evidence.fails) throw new Error('disk');
        const at = { timestamp: '2026-11-21T12:00:00.000Z', status: 'error', cause: null };
        return [{ requestId: 'a', logStream: null, ...at }];
      },
      now: () => nowMs,
      randomHex: (digits) => {
        ids += 1;
        return String(ids).padStart(digits, '0');
      },
      nextTurn: async () => {
        turns.n += 1;
      },
      onError: (error, what) => {
        if (!evidence.fails) throw error;
        evidence.reported.push(what);
      },
    },
    state,
  );
  const at = async (minute: number): Promise<void> => {
    nowMs = minute * MINUTE_MS;
    await runner.evaluateDue();
  };
  return { state, notified, at, turns, evidence, shown };
}

const found = (value: number, n = 10, truncated = false): Measurement => {
  const measured: Measured[] = [{ labels: { function: 'f' }, value, n, interval: null }];
  return { unit: 'ratio', measured, truncated };
};

test('a failing query raises an alert after three failures, never resolves the rule, and resolves that alert when it works again', async () => {
  const { notified, at, state } = setUp({}, (tickMs) =>
    tickMs >= 2 * MINUTE_MS && tickMs < 6 * MINUTE_MS ? new Error('disk') : found(2),
  );
  for (let minute = 0; minute < 8; minute += 1) await at(minute);
  expect(notified).toEqual([
    '0 firing R',
    '4 firing Rule cannot be evaluated',
    '6 resolved Rule cannot be evaluated (rule-works-again)',
  ]);
  expect(state.ruleStates.get('r')).toMatchObject({ error: null, errors: 0 });
});

test('late data is counted and fires once', async () => {
  const late = new Map([[3 * MINUTE_MS, found(0, 5)]]);
  const { notified, at, state } = setUp({ allowedLateness: '2m' }, (tickMs) => late.get(tickMs) ?? found(0));
  for (let minute = 0; minute < 5; minute += 1) await at(minute);
  late.set(3 * MINUTE_MS, found(2, 20));
  for (let minute = 5; minute < 12; minute += 1) await at(minute);
  expect(notified).toEqual(['5 firing R', '6 resolved R']);
  expect(state.ruleStates.get('r')?.late).toBe(1);
});

test('of a late window, only what is true then and does not fire yet is added', async () => {
  const of = (f: number, g: number, n = 10): Measurement => ({
    ...found(0),
    measured: Object.entries({ f, g }).map(([name, value]) => ({
      labels: { function: name },
      value,
      n,
      interval: null,
    })),
  });
  // f fires until minute 5, in which its late window is true; g begins in minute 5, and is false in the late window.
  const windows = [of(2, 0), of(2, 0), of(2, 0), of(2, 0), of(2, 0), of(0, 2), of(0, 0)];
  const { notified, at, state } = setUp({ allowedLateness: '2m', groupBy: ['function'] }, (tickMs) => {
    return windows[tickMs / MINUTE_MS] ?? of(0, 0);
  });
  for (let minute = 0; minute < 5; minute += 1) await at(minute);
  windows[3] = of(2, 0, 20);
  await at(5);
  expect(notified).toEqual(['0 firing R', '5 resolved R', '5 firing R']);
  expect(state.ruleStates.get('r')?.late).toBe(1);
});

test('a query that fails has no late window', async () => {
  const { notified, at, state } = setUp({ allowedLateness: '1m' }, () => new Error('disk'));
  for (let minute = 0; minute < 3; minute += 1) await at(minute);
  expect(notified).toEqual(['2 firing Rule cannot be evaluated']);
  expect([...state.instancesOf('thermocline:self').values()].map(({ alert }) => alert)).toMatchObject([
    {
      id: expect.stringMatching(/^al_0{23}\d$/),
      summary: 'Rule R cannot be evaluated: disk. Its alerts keep their last state.',
    },
  ]);
  expect(state.ruleStates.get('r')).toMatchObject({ error: 'disk', errors: 3, late: 0 });
});

test('evidence is looked up for twenty alerts that begin to fire, not for those that resolve; its failure is reported', async () => {
  const many = (firing: string): Measurement => ({
    ...found(0),
    measured: ['a', 'b'].flatMap((name) =>
      Array.from({ length: 25 }, (_, at) => ({
        labels: { function: `${name}${at}` },
        value: name === firing ? 2 : 0,
        n: 10,
        interval: null,
      })),
    ),
  });
  const { at, evidence, notified, shown } = setUp({}, (tickMs) => many(tickMs === 0 ? 'a' : 'b'));
  await at(0);
  expect(evidence.asked).toEqual(Array.from({ length: 20 }, (_, index) => `a${index}`));
  expect(shown).toEqual([...new Array<number>(20).fill(1), ...new Array<number>(5).fill(0)]);
  evidence.fails = true;
  await at(1);
  expect(evidence.asked.slice(20)).toEqual(Array.from({ length: 20 }, (_, index) => `b${index}`));
  expect(evidence.reported).toEqual(Array.from({ length: 20 }, () => 'evidence of r'));
  expect(notified.filter((line) => line === '1 firing R')).toHaveLength(25);
});

test('a clock rewind neither skips nor repeats a window; missed windows are counted', async () => {
  const ticks: number[] = [];
  const { at, state } = setUp({}, (tickMs) => {
    ticks.push(tickMs / MINUTE_MS);
    return found(0);
  });
  for (const minute of [10, 11, 6, 7, 11, 11.5, 12, 20]) await at(minute);
  expect(ticks).toEqual([10, 11, 12, 20]);
  expect(state.ruleStates.get('r')?.skipped).toBe(7);
});

test('after a rewind by hours evaluation restarts at the current time; after a jump ahead it catches up once', async () => {
  const ticks: number[] = [];
  const { at, state } = setUp({}, (tickMs) => {
    ticks.push(tickMs / MINUTE_MS);
    return found(0);
  });
  for (const minute of [600, 601, 481, 482, 602, 603]) await at(minute);
  expect(ticks).toEqual([600, 601, 481, 482, 602, 603]);
  expect(state.ruleStates.get('r')?.skipped).toBe(119);
});

test('too many series set a warning', async () => {
  const { at, state } = setUp({}, () => found(0, 10, true));
  await at(1);
  expect(state.truncated.has('r')).toBe(true);
  const few = setUp({}, () => found(0));
  await few.at(1);
  expect(few.state.truncated.has('r')).toBe(false);
});

test('each rule is evaluated in a turn of its own', async () => {
  const { at, state, turns } = setUp({}, () => found(0));
  const rule = state.rules.get('r');
  if (rule === undefined) throw new Error('no rule');
  for (let n = 0; n < 30; n += 1) state.rules.set(`r${n}`, { ...rule, id: `r${n}` });
  await at(1);
  expect(turns.n).toBe(31);
});

/** The state machine of alerts at its boundaries, as promtool has them, and under missing data. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertState, Finding, NoDataPolicy, Timing, Transition } from '../../server/alerts/evaluate/transition.ts';
import { end, INACTIVE, OUTAGE_TOLERANCE_MS, step } from '../../server/alerts/evaluate/transition.ts';
import { law } from '../support/law.ts';

const MINUTE = 60_000;
const timing: Timing = { forMs: 2 * MINUTE, keepFiringForMs: 3 * MINUTE, noData: 'missing' };

/** One finding a minute: 1 held, 0 did not, _ no data, ! the question failed. */
function play(findings: string, options: Partial<Timing> = {}, before: AlertState = INACTIVE, fromMs = 0) {
  const names: Record<string, Finding> = { 1: 'true', 0: 'false', _: 'no-data', '!': 'error' };
  let state = before;
  const phases: string[] = [];
  const told: [number, Transition, string | null][] = [];
  for (const [at, finding] of [...findings].entries()) {
    const next = step(state, names[finding] ?? 'error', fromMs + at * MINUTE, { ...timing, ...options });
    state = next.state;
    phases.push({ inactive: '.', pending: 'p', firing: 'F' }[state.phase]);
    if (next.transition !== null) told.push([at, next.transition, next.reason]);
  }
  return { phases: phases.join(''), told, state };
}

describe('boundaries', () => {
  test('2 2 2 0 …, > 1, for 2 m, keep 3 m: firing from 2 m to 5 m, inactive at 6 m', () => {
    const { phases, told } = play('111000000');
    expect(phases).toBe('ppFFFF...');
    expect(told).toEqual([
      [0, 'pending', null],
      [2, 'firing', null],
      [6, 'resolved', null],
    ]);
  });

  test.each([
    ['for − 1', '110', 'pp.'],
    ['for', '1110', 'ppFF'],
    ['one gap begins anew', '11011100', 'pp.ppFFF'],
    ['for 0 fires at once', '10', 'FF', { forMs: 0 }],
    ['keep 0 resolves at once', '1110', 'ppF.', { keepFiringForMs: 0 }],
    ['flapping while it is kept fires once', '1110101010000', 'ppFFFFFFFFFF.'],
  ] as const)('%s', (_, findings, phases, options: Partial<Timing> = {}) => {
    expect(play(findings, options).phases).toBe(phases);
  });

  test('flapping tells of one firing and one end', () => {
    expect(play('1110101010000').told.filter(([, transition]) => transition !== 'pending')).toHaveLength(2);
  });
});

describe('missing data, by policy: a series alone, and the whole source, end in the same place', () => {
  test.each<[NoDataPolicy, string, string]>([
    ['missing', '11_1', 'pp.p'],
    ['missing', '111_1', 'ppFFF'],
    ['missing', '111__', 'ppFF.'],
    ['missing', '____', '....'],
    ['ignore', '11_1', 'pppF'],
    ['ignore', '111____', 'ppFFFFF'],
    ['ignore', '1__1', 'pppF'],
    ['ignore', '____', '....'],
    ['breaching', '____', 'ppFF'],
    ['breaching', '11_0', 'ppFF'],
    ['breaching', '111_', 'ppFF'],
    ['breaching', '0_0_', '.p.p'],
    ['notBreaching', '11_1', 'pp.p'],
    ['notBreaching', '111___', 'ppFFFF'],
    ['notBreaching', '111____', 'ppFFFF.'],
    ['notBreaching', '____', '....'],
  ])('%s: %s → %s', (noData, findings, phases) => {
    expect(play(findings, { noData }).phases).toBe(phases);
  });

  test('what resolves for want of data says so', () => {
    expect(play('111__').told.at(-1)).toEqual([4, 'resolved', 'missing-data']);
  });
});

test('a failed question changes nothing but to say that it failed', () => {
  const { phases, state, told } = play('111!!!!!!!!');
  expect(phases).toBe('ppFFFFFFFFF');
  expect(state).toMatchObject({ phase: 'firing', failing: true });
  expect(told).toHaveLength(2);
  expect(play('1!!1').phases).toBe('pppF');
});

test('a restart keeps the time of pending up to an hour; firing is not told again', () => {
  const { state: pending } = play('11');
  expect(play('1', {}, pending, MINUTE + OUTAGE_TOLERANCE_MS).phases).toBe('F');
  expect(play('1', {}, pending, MINUTE + OUTAGE_TOLERANCE_MS + 1).phases).toBe('p');
  const { state: firing } = play('111');
  expect(play('1', {}, firing, 5 * OUTAGE_TOLERANCE_MS).told).toEqual([]);
  expect(play('0', { keepFiringForMs: 0 }, firing, 5 * OUTAGE_TOLERANCE_MS).told).toEqual([[0, 'resolved', null]]);
});

test('a rule that ends while firing is resolved; while pending, forgotten', () => {
  expect(end(play('111').state, 1).transition).toBe('resolved');
  expect(end(play('11').state, 1).transition).toBeNull();
  expect(end(play('111').state, 1).state.phase).toBe('inactive');
});

test('whatever is found, firing and resolved alternate', () => {
  law(
    fc.property(
      fc.array(fc.constantFrom('0', '1', '_', '!'), { maxLength: 60 }),
      fc.constantFrom<NoDataPolicy>('missing', 'ignore', 'breaching', 'notBreaching'),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (findings, noData, forMinutes, keepMinutes) => {
        const { told, state } = play(findings.join(''), {
          noData,
          forMs: forMinutes * MINUTE,
          keepFiringForMs: keepMinutes * MINUTE,
        });
        const loud = told.map(([, transition]) => transition).filter((transition) => transition !== 'pending');
        loud.forEach((transition, at) => {
          expect(transition).toBe(at % 2 === 0 ? 'firing' : 'resolved');
        });
        expect(state.phase === 'firing').toBe(loud.length % 2 === 1);
      },
    ),
  );
});

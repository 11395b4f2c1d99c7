/** State machine of alerts: boundaries as in promtool, missing data, failed queries, restarts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import type { Finding, NoDataPolicy, SeriesState, Timing, Transition } from './transition.ts';
import { end, INACTIVE, OUTAGE_TOLERANCE_MS, step } from './transition.ts';

const timing: Timing = { forMs: 2 * MINUTE_MS, keepFiringForMs: 3 * MINUTE_MS, noData: 'missing' };

/** Plays one finding per minute: 1 true, 0 false, _ no data, ! failed query. */
function play(findings: string, options: Partial<Timing> = {}, before: SeriesState = INACTIVE, fromMs = 0) {
  const names: Record<string, Finding> = { 1: 'true', 0: 'false', _: 'no-data', '!': 'error' };
  let state = before;
  const phases: string[] = [];
  const transitions: [number, Transition, string | null][] = [];
  for (const [at, finding] of [...findings].entries()) {
    const next = step(state, names[finding] ?? 'error', fromMs + at * MINUTE_MS, { ...timing, ...options });
    state = next.state;
    phases.push({ inactive: '.', pending: 'p', firing: 'F' }[state.phase]);
    if (next.transition !== null) transitions.push([at, next.transition, next.reason]);
  }
  return { phases: phases.join(''), transitions, state };
}

describe('boundaries', () => {
  test('2 2 2 0 …, > 1, for 2 m, keep 3 m: firing from 2 m to 5 m, inactive at 6 m', () => {
    const { phases, transitions } = play('111000000');
    expect(phases).toBe('ppFFFF...');
    expect(transitions).toEqual([
      [0, 'pending', null],
      [2, 'firing', null],
      [6, 'resolved', null],
    ]);
  });

  test.each([
    ['for − 1', '110', 'pp.'],
    ['for', '1110', 'ppFF'],
    ['one gap restarts pending', '11011100', 'pp.ppFFF'],
    ['for 0 fires immediately', '10', 'FF', { forMs: 0 }],
    ['keep 0 resolves immediately', '1110', 'ppF.', { keepFiringForMs: 0 }],
    ['flapping within keepFiringFor fires once', '1110101010000', 'ppFFFFFFFFFF.'],
  ] as const)('%s', (_, findings, phases, options: Partial<Timing> = {}) => {
    expect(play(findings, options).phases).toBe(phases);
  });

  test('flapping gives one firing and one resolved', () => {
    expect(play('1110101010000').transitions.filter(([, transition]) => transition !== 'pending')).toHaveLength(2);
  });
});

describe('missing data, by policy', () => {
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

  test('resolves with reason missing-data', () => {
    expect(play('111__').transitions.at(-1)).toEqual([4, 'resolved', 'missing-data']);
  });
});

test('a failed query keeps the phase and sets failing', () => {
  const { phases, state, transitions } = play('111!!!!!!!!');
  expect(phases).toBe('ppFFFFFFFFF');
  expect(state).toMatchObject({ phase: 'firing', failing: true });
  expect(transitions).toHaveLength(2);
  expect(play('1!!1').phases).toBe('pppF');
});

test('a restart keeps pending for up to one hour and does not repeat firing', () => {
  const { state: pending } = play('11');
  expect(play('1', {}, pending, MINUTE_MS + OUTAGE_TOLERANCE_MS).phases).toBe('F');
  expect(play('1', {}, pending, MINUTE_MS + OUTAGE_TOLERANCE_MS + 1).phases).toBe('p');
  const { state: firing } = play('111');
  expect(play('1', {}, firing, 5 * OUTAGE_TOLERANCE_MS).transitions).toEqual([]);
  expect(play('0', { keepFiringForMs: 0 }, firing, 5 * OUTAGE_TOLERANCE_MS).transitions).toEqual([
    [0, 'resolved', null],
  ]);
});

test('ending a rule resolves firing and drops pending', () => {
  expect(end(play('111').state, 1).transition).toBe('resolved');
  expect(end(play('11').state, 1).transition).toBeNull();
  expect(end(play('111').state, 1).state.phase).toBe('inactive');
});

test('firing and resolved alternate for any findings', () => {
  law(
    fc.property(
      fc.array(fc.constantFrom('0', '1', '_', '!'), { maxLength: 60 }),
      fc.constantFrom<NoDataPolicy>('missing', 'ignore', 'breaching', 'notBreaching'),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 4 }),
      (findings, noData, forMinutes, keepMinutes) => {
        const { transitions, state } = play(findings.join(''), {
          noData,
          forMs: forMinutes * MINUTE_MS,
          keepFiringForMs: keepMinutes * MINUTE_MS,
        });
        const notified = transitions
          .map(([, transition]) => transition)
          .filter((transition) => transition !== 'pending');
        notified.forEach((transition, at) => {
          expect(transition).toBe(at % 2 === 0 ? 'firing' : 'resolved');
        });
        expect(state.phase === 'firing').toBe(notified.length % 2 === 1);
      },
    ),
  );
});

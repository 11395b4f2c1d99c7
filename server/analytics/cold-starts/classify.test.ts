/**
 * The rule for cold starts, case by case. Definitions: docs/methods.md. AWS's developer guide ("Lambda execution environment
 * lifecycle"): Init Duration is printed of an init that no request hides; after a timeout or an exit the environment is reset and
 * the next invocation initialises it again, within its Duration.
 */
import { describe, expect, test } from 'vitest';
import type { EnvironmentEvidence, InvocationEvidence, PrecedingEvidence } from './classify.ts';
import {
  classifyColdStart,
  classifyWithoutStream,
  isReinit,
  NOTHING_PRECEDING,
  reinitEvidence,
  resetsEnvironment,
} from './classify.ts';

const END = Date.UTC(2026, 10, 20);
/** Ran for 100 ms, all of it after START. */
const RUN: InvocationEvidence = {
  startMs: END - 100,
  endMs: END,
  durationUs: 100_000,
  initUs: null,
  restoreUs: null,
};
const ENVIRONMENT: EnvironmentEvidence = { initializationType: null, initStartMs: null, proactiveThresholdMs: 1000 };

const classify = (
  run: Partial<InvocationEvidence>,
  environment: Partial<EnvironmentEvidence> = {},
  preceding: Partial<PrecedingEvidence> = {},
) => classifyColdStart({ ...RUN, ...run }, { ...ENVIRONMENT, ...environment }, { ...NOTHING_PRECEDING, ...preceding });

test('an invocation without init, restore or failure before it is warm', () => {
  expect(classify({})).toBeNull();
  // Zero is a time that was printed, null is none.
  expect(classify({ initUs: 0 })).toEqual({ kind: 'on-demand', userFelt: true });
  expect(classify({ restoreUs: 0 })).toEqual({ kind: 'snap-start', userFelt: true });
});

test('a restore is a cold start of SnapStart, whatever else is known', () => {
  expect(classify({ restoreUs: 90_000, initUs: 50_000 }, { initializationType: 'provisioned-concurrency' })).toEqual({
    kind: 'snap-start',
    userFelt: true,
  });
});

test.each([
  ['on-demand', 'on-demand', true],
  [null, 'on-demand', true],
  ['snap-start', 'on-demand', true],
  ['provisioned-concurrency', 'provisioned', false],
  ['lambda-managed-instances', 'managed-instance', false],
] as const)('an init of type %s is %s', (initializationType, kind, userFelt) => {
  expect(classify({ initUs: 250_000 }, { initializationType })).toEqual({ kind, userFelt });
});

describe('proactive inits', () => {
  /** Init takes 250 ms and begins so that it ends `gapMs` before START. */
  const withGap = (gapMs: number, run: Partial<InvocationEvidence> = {}, preceding: Partial<PrecedingEvidence> = {}) =>
    classify({ initUs: 250_000, ...run }, { initStartMs: END - 100 - gapMs - 250 }, preceding);

  test.each([
    [-5, true],
    [0, true],
    [1000, true],
    [1001, false],
    [600_000, false],
  ])('an init that ended %i ms before START, with a threshold of 1 s: a user waited: %s', (gapMs, userFelt) => {
    expect(withGap(gapMs)).toEqual({ kind: 'on-demand', userFelt });
  });

  test('without START, Duration before the end stands for it', () => {
    expect(withGap(1000, { startMs: null })).toMatchObject({ userFelt: true });
    expect(withGap(1001, { startMs: null })).toMatchObject({ userFelt: false });
  });

  test('after a failure the request waits for the init, and INIT_START is of an earlier one', () => {
    expect(withGap(600_000, {}, { previousFailed: true })).toMatchObject({ userFelt: true });
  });

  test('without INIT_START a user waited', () => {
    expect(classify({ initUs: 250_000 }, { initStartMs: null })).toMatchObject({ userFelt: true });
  });
});

describe('suppressed inits', () => {
  const suppressed = (hiddenInitUs: number | null, initTimedOut = false) => ({
    kind: 'suppressed',
    userFelt: true,
    hiddenInitUs,
    initTimedOut,
  });

  test('a reset before it, or an init that failed, is enough', () => {
    expect(classify({}, {}, { previousReset: true })).toEqual(suppressed(null));
    expect(classify({}, {}, { reinitialised: true })).toEqual(suppressed(null));
    expect(classify({}, {}, { reinitialised: true, initTimedOut: true })).toEqual(suppressed(null, true));
  });

  test('after another failure, a Duration that exceeds the time since START by more than 5 ms shows it', () => {
    const lasting = (durationMs: number) => classify({ durationUs: durationMs * 1000 }, {}, { previousFailed: true });
    expect(lasting(100)).toBeNull();
    expect(lasting(105)).toBeNull();
    expect(lasting(105.001)).toEqual(suppressed(5001));
    expect(lasting(1100)).toEqual(suppressed(1_000_000));
  });

  test('without a failure, or without START, the excess shows nothing', () => {
    expect(classify({ durationUs: 1_100_000 })).toBeNull();
    expect(classify({ durationUs: 1_100_000, startMs: null }, {}, { previousFailed: true })).toBeNull();
    expect(classify({ durationUs: 1_100_000, startMs: null }, {}, { previousReset: true })).toEqual(suppressed(null));
  });

  test('INIT_REPORT says how long it took; otherwise what ran before START', () => {
    expect(classify({ durationUs: 1_100_000 }, {}, { previousReset: true })).toEqual(suppressed(1_000_000));
    expect(classify({ durationUs: 1_100_000 }, {}, { previousReset: true, reportedInitUs: 900_000 })).toEqual(
      suppressed(900_000),
    );
  });

  test('managed instances have none: their inits never run inside an invocation', () => {
    const type = { initializationType: 'lambda-managed-instances' };
    expect(classify({}, type, { previousReset: true, reinitialised: true, previousFailed: true })).toBeNull();
  });

  test('an init that is printed is no suppressed one', () => {
    expect(classify({ initUs: 250_000 }, {}, { previousReset: true, previousFailed: true })).toEqual({
      kind: 'on-demand',
      userFelt: true,
    });
  });
});

test.each([
  [250_000, null, { kind: 'on-demand', userFelt: null }],
  [null, 90_000, { kind: 'snap-start', userFelt: null }],
  [250_000, 90_000, { kind: 'snap-start', userFelt: null }],
  [null, null, null],
])('without a log stream, init %j and restore %j', (initUs, restoreUs, expected) => {
  expect(classifyWithoutStream({ initUs, restoreUs })).toEqual(expected);
});

test.each([
  ['success', false],
  ['error', false],
  ['timeout', true],
  ['oom', true],
  ['exit', true],
] as const)('%s resets the environment: %s', (status, expected) => {
  expect(resetsEnvironment(status)).toBe(expected);
});

test.each([
  ['init-report', 'invoke', null, true],
  ['init-report', 'invoke', 'success', true],
  ['init-report', 'init', 'error', true],
  ['init-report', 'init', 'timeout', true],
  ['init-report', 'init', 'success', false],
  ['init-report', 'init', null, false],
  ['init-report', null, null, false],
  ['init-report', null, 'error', true],
  ['init-start', 'invoke', 'error', false],
])('%s of phase %s with status %s starts the next invocation cold: %s', (kind, phase, status, expected) => {
  expect(isReinit({ kind, phase, status })).toBe(expected);
});

test('inits inside an invocation add up; those before it have no part in its Duration', () => {
  const report = (phase: string, status: string | null, durationUs: number | null) => ({
    kind: 'init-report',
    phase,
    status,
    durationUs,
  });
  expect(reinitEvidence([])).toEqual({ reinitialised: false, reportedInitUs: null, initTimedOut: false });
  expect(reinitEvidence([report('init', 'success', 1000)])).toEqual({
    reinitialised: false,
    reportedInitUs: null,
    initTimedOut: false,
  });
  expect(
    reinitEvidence([report('init', 'timeout', 10_000_000), report('invoke', 'error', 200), report('invoke', null, 30)]),
  ).toEqual({ reinitialised: true, reportedInitUs: 230, initTimedOut: true });
  expect(reinitEvidence([report('invoke', 'error', null)])).toEqual({
    reinitialised: true,
    reportedInitUs: null,
    initTimedOut: false,
  });
  expect(reinitEvidence([{ ...report('invoke', 'timeout', 5), kind: 'init-start' }])).toMatchObject({
    reinitialised: false,
    initTimedOut: false,
  });
});

/** Causes of cold starts by their evidence, rule after rule, and the sentences that explain them. */
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { NO_EVIDENCE as NONE } from '../../../test/support/cause-evidence.ts';
import { causeOf, explainCause } from './cause.ts';

/** Idle environments are surely kept for four minutes, and half of them for ten. */
const WINDOW = { ms: 600_000, surelyMs: 240_000, estimated: true };
const GUESSED = { ms: 600_000, surelyMs: 0, estimated: false };

describe('causes', () => {
  test.each([
    ['provisioned', { kind: 'provisioned' }],
    ['snap-start', { kind: 'snap-start' }],
    ['crash', { kind: 'suppressed' }],
    ['init-timeout', { kind: 'suppressed', initTimedOut: true }],
    ['unknown', { kind: 'managed-instance' }],
    // Ready before it was needed: nobody waited, whatever changed.
    ['proactive', { proactiveGapMs: 0, change: 'deploy', firstOfChange: true }],
    ['crash', { proactiveGapMs: 5, previousFailed: true }],
    ['deploy', { change: 'deploy', firstOfChange: true, previousFailed: true }],
    ['runtime-patch', { change: 'runtime-patch', firstOfChange: true }],
    ['deploy', { change: 'deploy', replacedIdleMs: 600_000, busy: 1 }],
    // The replaced one would have expired anyway.
    ['scale-out', { change: 'deploy', replacedIdleMs: 600_001, busy: 1 }],
    ['scale-out', { change: 'deploy', replacedIdleMs: null, busy: 1 }],
    ['new-tenant', { newTenant: true, busy: 1 }],
    ['unknown', { newTenant: true, firstOnRecord: true }],
    ['unknown', { firstOnRecord: true, busy: 1 }],
    ['unknown', { idle: 1, busy: 1 }],
    ['scale-out', { busy: 1, goneIdleMs: 1 }],
    ['recycle', { busy: 1, gone: 1, goneIdleMs: 240_000 }],
    ['idle-expiry', {}],
    ['idle-expiry', { busy: 1, gone: 1 }],
    ['crash', { gone: 1, goneIdleMs: 600_000, goneFailed: true }],
    ['idle-expiry', { gone: 1, goneIdleMs: 600_001, goneFailed: true }],
    ['recycle', { gone: 1, goneIdleMs: 240_000 }],
    ['idle-expiry', { gone: 1, goneIdleMs: 240_001 }],
  ] as const)('%s: %j', (cause, evidence) => {
    expect(causeOf({ ...NONE, ...evidence }, WINDOW)).toBe(cause);
  });

  test.each([
    ['a guessed window', GUESSED, 600_000, 'unknown'],
    ['beyond a guessed window', GUESSED, 600_001, 'idle-expiry'],
    ['no window', null, 1, 'unknown'],
    ['no window, idle for a day', null, DAY_MS, 'unknown'],
  ] as const)('while few terminations were observed: %s', (_, window, goneIdleMs, cause) => {
    expect(causeOf({ ...NONE, gone: 1, goneIdleMs }, window)).toBe(cause);
  });

  test('without a window no replaced environment explains a change, but the first one of it does', () => {
    const change = { ...NONE, change: 'deploy', busy: 1 } as const;
    expect(causeOf({ ...change, replacedIdleMs: 1 }, null)).toBe('scale-out');
    expect(causeOf({ ...change, firstOfChange: true }, null)).toBe('deploy');
  });
});

describe('explanations', () => {
  const MINUTE = 60_000;
  test.each([
    ['provisioned', {}, 'initialised for provisioned concurrency: no caller waited'],
    ['snap-start', {}, 'restored from a SnapStart snapshot'],
    [
      'deploy',
      { firstOfChange: true },
      'the first environment of this version, code, memory size and set of extensions',
    ],
    [
      'deploy',
      { replacedIdleMs: 3 * MINUTE },
      'replaces an environment from before the change, idle for 3.00 min and never used again',
    ],
    ['runtime-patch', { firstOfChange: true }, 'the first environment of this version with this runtime version'],
    [
      'runtime-patch',
      { replacedIdleMs: null },
      'replaces an environment with the previous runtime version, idle for an unknown time and never used again',
    ],
    ['crash', { kind: 'suppressed' }, 'initialised again inside the invocation, after a failure'],
    ['crash', { previousFailed: true }, 'the previous invocation in the same environment failed'],
    [
      'crash',
      { goneIdleMs: 5000 },
      'the last invocation of an environment failed; it was idle for 5.00 s and never seen again',
    ],
    ['init-timeout', {}, 'initialised again inside the invocation: an init was stopped at its time limit'],
    ['proactive', { proactiveGapMs: 30_000 }, 'ready 30.0 s before its first invocation: no caller waited'],
    ['new-tenant', {}, 'the first environment of this tenant on record: tenants never share environments'],
    [
      'scale-out',
      { busy: 3, idle: 0 },
      'all environments of this version were busy, and none had expired (3 busy, 0 idle)',
    ],
    ['idle-expiry', {}, 'no environment had been used in the last hours'],
    [
      'idle-expiry',
      { gone: 1, goneIdleMs: 15 * MINUTE },
      'the most recently used environment had been idle for 15.0 min; idle environments are kept for 4.00 min to 10.0 min',
    ],
    [
      'idle-expiry',
      { gone: 2, goneIdleMs: 15 * MINUTE },
      '2 idle environments had expired (0 busy); the most recently used was idle for 15.0 min; idle environments are kept for 4.00 min to 10.0 min',
    ],
    [
      'idle-expiry',
      { gone: 1, busy: 4, goneIdleMs: 15 * MINUTE },
      '1 idle environment had expired (4 busy); the most recently used was idle for 15.0 min; idle environments are kept for 4.00 min to 10.0 min',
    ],
    [
      'recycle',
      { goneIdleMs: 2 * MINUTE },
      'an environment was idle for only 2.00 min and never seen again; idle environments are kept for 4.00 min to 10.0 min',
    ],
    ['unknown', { kind: 'managed-instance' }, 'an environment of a managed instance'],
    ['unknown', { firstOnRecord: true }, 'the logs of this function begin here'],
    ['unknown', { idle: 1, busy: 2 }, 'an idle environment was available and was used later (2 busy, 1 idle)'],
    [
      'unknown',
      { goneIdleMs: 2 * MINUTE },
      'the most recently used environment had been idle for 2.00 min; idle environments are kept for 4.00 min to 10.0 min',
    ],
  ] as const)('%s %j', (cause, evidence, sentence) => {
    expect(explainCause({ ...NONE, ...evidence }, cause, WINDOW).text).toBe(sentence);
  });

  test('what is known of the window', () => {
    const sentence = (window: typeof WINDOW | null) =>
      explainCause({ ...NONE, goneIdleMs: 5000 }, 'recycle', window).text;
    expect(sentence(null)).toMatch(/; the idle window is not known yet$/);
    expect(sentence(GUESSED)).toMatch(
      /; the longest idle time survived so far is 10\.0 min: the idle window is not known yet$/,
    );
  });
});

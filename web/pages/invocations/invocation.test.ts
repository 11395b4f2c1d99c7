/** The page of an invocation, worked out by hand from a fixed answer. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { InvocationPage } from './invocation.tsx';

afterEach(restore);

const [attempt] = examples.getInvocation.answer.attempts;
if (attempt === undefined) throw new Error('no example');

test('times, duration, memory and cost; links keep the range', async () => {
  const { section, link } = await showPage(h(InvocationPage, { requestId: attempt.requestId }), {
    search: '?from=now-7d&to=now-1d',
    answers: {
      getInvocation: {
        requestId: attempt.requestId,
        attempts: [
          {
            ...attempt,
            durationMs: 12_345.67,
            billedDurationMs: 12_346,
            initDurationMs: 381.65,
            costUsd: 0.000_000_31,
            traceId: '1-5759e988-bd862e3fe1be46a994272793',
          },
        ],
        linesKept: 'all',
        linesSince: null,
        faults: [],
      },
    },
  });
  const shown = section('Attempt 1');
  for (const fact of [
    'Attempt 1 of 1 success suppressed cold start',
    'Function webhook-fanout version $LATEST',
    'Time 2026-11-28 06:48:31.277 to 2026-11-28 06:48:31.764',
    'Duration 12.3 s, billed 12.3 s, init 382 ms',
    'Memory 111 MB of 256 MB',
    'Cost $0.00000031',
    'Log stream /aws/lambda/webhook-fanout 2026/11/28/[$LATEST]b203f18086fed99741a1271cb31694e2',
    '06:48:31.277 START RequestId: 07a8e16c-dd9f-4cd0-ab95-ee05168a971f Version: $LATEST',
  ])
    expect(shown).toContain(fact);
  const range = 'from=now-7d&to=now-1d';
  expect(link('webhook-fanout')).toBe(`/functions/000000000000%3Aeu-west-1%3Awebhook-fanout?${range}`);
  expect(link('1-5759e988-bd862e3fe1be46a994272793')).toBe(`/traces/1-5759e988-bd862e3fe1be46a994272793?${range}`);
});

test('it is asked for by its id', async () => {
  const { requested, text } = await showPage(h(InvocationPage, { requestId: 'a/b' }), {
    failures: { getInvocation: { code: 'not-found', detail: 'No invocation a/b is known' } },
  });
  expect(requested).toEqual(['/api/v1/invocations/a%2Fb']);
  expect(text).toContain('a/b Failed to load this invocation. No invocation a/b is known. Retry');
  expect(text).not.toContain('Attempt');
});

const show = (changed: Partial<typeof attempt>, faults: (typeof examples.getInvocation.answer)['faults'] = []) =>
  showPage(h(InvocationPage, { requestId: attempt.requestId }), {
    search: '?from=now-7d&to=now-1d',
    answers: { getInvocation: { ...examples.getInvocation.answer, attempts: [{ ...attempt, ...changed }], faults } },
  });

test('each kind of init is named beside the duration', async () => {
  const shown = await show({
    durationMs: 84.11,
    billedDurationMs: null,
    initDurationMs: null,
    hiddenInitDurationMs: 1234.5,
    restoreDurationMs: 12_345,
    maxMemoryUsedMb: null,
    costUsd: null,
  });
  const facts = shown.section('Attempt 1');
  expect(facts).toContain('Duration 84.1 ms, billed –, including 1.23 s of init, restore 12.3 s');
  expect(facts).toContain('Memory – of 256 MB');
  expect(facts).toContain('Cost – Log stream');
  expect(facts).toContain('Trace none: its REPORT names no trace');
  expect(facts).not.toContain('Error');
  expect(facts).not.toContain('Reason');
});

test('what is not known says why', async () => {
  const { section } = await show({
    version: null,
    startedAt: null,
    logStream: null,
    logStreamReason: 'The source named no log stream',
    errorType: 'Error.Timeout',
    traceId: '1-5759e988-bd862e3fe1be46a994272793',
    sampled: false,
    lines: [],
  });
  const shown = section('Attempt 1');
  for (const fact of [
    'Function webhook-fanout version unknown',
    'Time – to 2026-11-28 06:48:31.764',
    'Error Error.Timeout',
    'Log stream /aws/lambda/webhook-fanout unknown',
    'Reason The source named no log stream',
    'Trace not sampled by X-Ray',
    'No log lines stored: they were not kept when they were received.',
  ])
    expect(shown).toContain(fact);
});

test('each attempt is counted, with faults of the request', async () => {
  const { section } = await showPage(h(InvocationPage, { requestId: attempt.requestId }), {
    answers: {
      getInvocation: {
        requestId: attempt.requestId,
        attempts: [attempt, { ...attempt, attempt: 2, status: 'timeout' }],
        linesKept: 'all',
        linesSince: null,
        faults: [
          {
            at: '2026-11-28T06:48:31.700Z',
            kind: 'unhandled-exception',
            errorType: 'TypeError',
            message: 'x is \u0007 undefined',
            stack: ['at handler (index.js:1)', 'at run (node:1)'],
          },
          { at: '2026-11-28T06:48:31.700Z', kind: 'exit', errorType: null, message: null, stack: [] },
        ],
      },
    },
  });
  expect(section('Attempt 1')).toContain('Attempt 1 of 2 success');
  expect(section('Attempt 2')).toContain('Attempt 2 of 2 timeout');
  // Both attempts ended at one time: the faults are the first one's.
  expect(section('Attempt 1')).toContain(
    '06:48:31.700 unhandled-exception TypeError x is \\u0007 undefined at handler (index.js:1) at run (node:1)',
  );
  expect(section('Attempt 1')).toContain('06:48:31.700 exit');
  expect(section('Attempt 2')).not.toContain('TypeError');
});

test('a durable execution: its place, and an hour around its attempt', async () => {
  const execution = {
    name: 'order-17',
    executionId: '5f2c',
    replay: false,
    position: 1,
    invocations: 3,
    operations: 2,
  };
  const first = await show({ durable: { isDurableFunction: true, execution, reason: null } });
  expect(first.section('Attempt 1')).toContain(
    'Durable execution first invocation order-17 invocation 1 of 3 that have lines',
  );
  expect(first.section('Attempt 1')).not.toContain('repeated');
  // 06:48:31.277 less an hour to 06:48:31.764 plus an hour.
  expect(first.link('order-17')).toBe(
    '/functions/000000000000%3Aeu-west-1%3Awebhook-fanout?from=2026-11-28T05%3A48%3A31.277Z&to=2026-11-28T07%3A48%3A31.764Z&tab=executions&execution=order-17%2F5f2c',
  );
  restore();
  const replay = await show({
    startedAt: null,
    durable: { isDurableFunction: true, execution: { ...execution, replay: true, position: 2 }, reason: null },
  });
  expect(replay.section('Attempt 1')).toContain(
    'replay order-17 invocation 2 of 3 that have lines: it repeated what was done before, without running finished operations again, and continued',
  );
  expect(replay.link('order-17')).toContain('from=2026-11-28T05%3A48%3A31.764Z&to=2026-11-28T07%3A48%3A31.764Z');
  restore();
  const unknown = await show({
    durable: { isDurableFunction: true, execution: null, reason: 'No line names the execution' },
  });
  expect(unknown.section('Attempt 1')).toContain('Durable execution unknown: No line names the execution');
});

test('a long line is shown in parts of 20,000 characters', async () => {
  const line = { timestamp: attempt.endedAt, message: `${'a'.repeat(20_000)}${'b'.repeat(12_345)}`, platform: false };
  const page = await show({ lines: [line] });
  expect(page.text.includes('bb')).toBe(false);
  await page.click('… 12.3 k more characters');
  expect(page.text.includes('b'.repeat(12_345))).toBe(true);
  expect(page.text.includes('more characters')).toBe(false);
  restore();
  const whole = await show({ lines: [{ ...line, message: 'a'.repeat(20_000) }] });
  expect(whole.text.includes('more characters')).toBe(false);
});

test('an invocation that is not stored', async () => {
  const { text } = await showPage(h(InvocationPage, { requestId: 'none' }), {
    failures: { getInvocation: { code: 'not-found', detail: 'No invocation has the request ID none' } },
  });
  expect(text).toContain('Failed to load this invocation. No invocation has the request ID none. Retry');
});

test('lines that were not kept, or were deleted, say so and name the setting', async () => {
  const { answer } = examples.getInvocation;
  const shownWith = async (changed: Partial<typeof answer>, lines: (typeof attempt)['lines']): Promise<string> =>
    (
      await showPage(h(InvocationPage, { requestId: attempt.requestId }), {
        answers: { getInvocation: { ...answer, attempts: [{ ...attempt, lines }], ...changed } },
      })
    ).section('Attempt 1');
  const platform = [{ timestamp: attempt.endedAt, message: 'REPORT', platform: true }];
  const deleted = 'deleted because of their age or the budget';
  expect(await shownWith({ linesKept: 'platform' }, platform)).toContain('set THERMOCLINE_RAW_LINES to all or errors');
  expect(await shownWith({ linesKept: 'all' }, platform)).not.toContain('THERMOCLINE_RAW');
  expect(await shownWith({ linesSince: null }, [])).toContain(deleted);
  expect(await shownWith({ linesSince: '2027-01-01T00:00:00.000Z' }, [])).toContain(deleted);
  const own = [{ timestamp: attempt.endedAt, message: 'hello', platform: false }];
  expect(await shownWith({ linesKept: 'platform' }, own)).not.toContain('THERMOCLINE_RAW');
});

/** What happened in and around an attempt, in its order, from fixed answers. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { InvocationPage } from './invocation.tsx';

afterEach(restore);

type Answer = NonNullable<Answers['getInvocation']>;
const { answer } = examples.getInvocation;
const [example] = answer.attempts;
const [segment] = examples.getTrace.answer.segments;
if (example === undefined || segment === undefined) throw new Error('no example');

/** Time of the day of the examples. */
const at = (time: string): string => `2026-11-28T${time}Z`;
const line = (time: string, message: string, platform = false) => ({ timestamp: at(time), message, platform });
const attempt = {
  ...example,
  startedAt: at('06:48:31.000'),
  endedAt: at('06:48:32.000'),
  initDurationMs: null,
  traceId: '1-5759e988-bd862e3fe1be46a994272793',
  sampled: true,
  neighbours: {
    previous: {
      ...{ requestId: 'request-before', startedAt: null, endedAt: at('06:48:12.410') },
      ...{ durationMs: 389.2, status: 'timeout' as const },
    },
    next: {
      ...{ requestId: 'request-after', startedAt: null, endedAt: at('06:48:40.000') },
      ...{ durationMs: 12, status: 'success' as const },
    },
  },
  lines: [
    line('06:48:31.000', 'START RequestId: a', true),
    line('06:48:31.100', 'asking for orders'),
    line('06:48:32.000', 'REPORT RequestId: a', true),
  ],
};
const fault = {
  at: at('06:48:32.000'),
  kind: 'unhandled-exception',
  errorType: 'TypeError',
  message: 'orders is undefined',
  stack: ['at handler (index.js:1)'],
};
const call = { id: 'call', parentId: null, namespace: 'aws', name: 'DynamoDB' };
const trace: NonNullable<Answers['getTrace']> = {
  ...examples.getTrace.answer,
  startedAt: at('06:48:31.000'),
  lambda: [],
  segments: [
    {
      ...segment,
      ...{ id: 'caller', name: 'storefront', origin: 'AWS::ECS::Container', parentId: null, requestId: null },
      ...{ offsetMs: -5000, durationMs: 9000, outcome: 'ok' },
      subsegments: [{ ...call, id: 'lambda', name: 'Lambda', offsetMs: -4999, durationMs: 8999 }],
    },
    {
      ...segment,
      ...{ id: 'function', name: 'search', origin: 'AWS::Lambda::Function', parentId: null, requestId: null },
      ...{ offsetMs: 0, durationMs: 1000, outcome: 'fault' },
      subsegments: [{ ...call, offsetMs: 250, durationMs: 500 }],
    },
  ],
};

const show = (changed: Partial<Answer> = {}, failures: Failures = {}) =>
  showPage(h(InvocationPage, { requestId: attempt.requestId }), {
    answers: { getInvocation: { ...answer, attempts: [attempt], faults: [fault], ...changed }, getTrace: trace },
    failures,
  });

test('lines, calls of the trace, the fault with its stack and the neighbours are on one line of time', async () => {
  const page = await show();
  const expected = [
    '06:48:12.410 Previous invocation of the environment 389 ms timeout',
    '06:48:31.000 START RequestId: a',
    '06:48:31.000 search function 1.00 s fault',
    '06:48:31.100 asking for orders',
    '06:48:31.250 DynamoDB 500 ms',
    '06:48:32.000 unhandled-exception TypeError orders is undefined at handler (index.js:1)',
    '06:48:32.000 REPORT RequestId: a',
    '06:48:40.000 Next invocation of the environment 12 ms success',
  ];
  expect(page.section('Attempt 1')).toContain(expected.join(' '));
  expect(page.section('Attempt 1')).toContain('DynamoDB took 500 ms of the 1.00 s of search (50 %).');
  expect(page.link('Previous invocation of the environment')).toMatch(/^\/invocations\/request-before/);
  expect(page.link('Next invocation of the environment')).toMatch(/^\/invocations\/request-after/);
});

test('a fault is on the line of the attempt that ended nearest to it', async () => {
  const retried = { ...attempt, attempt: 2, startedAt: at('06:50:00.000'), endedAt: at('06:50:01.000'), traceId: null };
  const page = await show({ attempts: [attempt, retried], faults: [{ ...fault, at: at('06:50:00.900') }] });
  expect(page.section('Attempt 1')).not.toContain('orders is undefined');
  expect(page.section('Attempt 2')).toContain('06:50:00.900 unhandled-exception TypeError orders is undefined');
});

test('where lines are left out in the middle, their number is said', async () => {
  const lines = [line('06:48:31.100', 'first'), line('06:48:31.800', 'last')];
  const page = await show({ attempts: [{ ...attempt, lines, omittedLines: 12_345, traceId: null }], faults: [] });
  expect(page.section('Attempt 1')).toMatch(/first 06:48:31\.800 12\.3 k lines are not shown 06:48:31\.800 last/);
});

test('of many attempts with traces of their own, three are shown', async () => {
  const attempts = [1, 2, 3, 4].map((n) => ({ ...attempt, attempt: n, traceId: `trace-${n}` }));
  const { requested, link } = await show({ attempts });
  expect(requested.filter((path) => path.includes('/traces/'))).toEqual(
    [1, 2, 3].map((n) => `/api/v1/traces/trace-${n}`),
  );
  expect(link('trace-4')).toMatch(/^\/traces\/trace-4/);
});

test('a trace that has not arrived says so', async () => {
  const page = await show({}, { getTrace: { code: 'not-found' } });
  expect(page.section('Attempt 1')).toContain('its trace has not arrived: thermocline traces fetches it');
  expect(page.section('Attempt 1')).toContain('asking for orders');
});

test('an environment that is not known has no neighbours', async () => {
  const page = await show({ attempts: [{ ...attempt, neighbours: null, traceId: null }] });
  expect(page.text).not.toContain('invocation of the environment');
});

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

/** Pulling log events: pages and faults, against a test server that speaks the CloudWatch Logs protocol. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { pulledInvocation as events } from '../support/aws.ts';
import { reasons, requestId } from '../support/firehose.ts';
import { GROUP, PullFixture, T0 } from '../support/pull.ts';

const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const pull = new PullFixture();

describe('pages', () => {
  test('follows empty pages; the watermark is the newest event, not the end of the window', async () => {
    const [start, report] = events(1, T0 - 5 * MINUTE_MS);
    pull.aws.group(GROUP, [start ?? {}, report ?? {}]);
    pull.aws.emptyPages = 2;
    pull.aws.pageEvents = 1;
    await pull.poller().cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
    expect(pull.aws.of('FilterLogEvents')).toHaveLength(6);
    expect((await pull.checkpoint())?.watermarkMs).toBe(report?.timestamp);
    expect((await pull.checkpoint())?.scan).toBeNull();
  });

  test('a scan without events does not move the watermark to its end', async () => {
    pull.aws.group(GROUP);
    await pull.poller().cycle();
    expect((await pull.checkpoint())?.watermarkMs).toBe(T0 - DEFAULT_TIMING.quietMs);
  });

  test('a token that repeats ends the scan with a warning', async () => {
    pull.aws.group(GROUP, events(1, T0 - MINUTE_MS));
    pull.aws.script = ({ target }) =>
      target === 'FilterLogEvents' ? { answer: { events: [], nextToken: 'same' } } : undefined;
    const result = await pull.poller().cycle();
    expect(result).toMatchObject({ failed: 0 });
    expect(pull.aws.of('FilterLogEvents')).toHaveLength(2);
    expect(pull.warnings).toEqual([`${GROUP}: AWS returned the same page token twice. The scan was ended.`]);
  });

  test('an event exactly at the end of the window is stored once', async () => {
    pull.aws.group(GROUP, events(1, T0 - 50));
    const polling = pull.poller();
    await polling.cycle();
    pull.now += MINUTE_MS;
    await polling.cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
    expect(await pull.product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 2, duplicates: 0 });
  });

  test('an expired token restarts the window from the newest event', async () => {
    pull.aws.group(GROUP, [
      ...events(1, T0 - 9 * MINUTE_MS),
      ...events(2, T0 - 8 * MINUTE_MS),
      ...events(3, T0 - 7 * MINUTE_MS),
    ]);
    pull.aws.pageEvents = 2;
    pull.aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth === 2
        ? { type: 'InvalidParameterException', message: 'The specified nextToken has expired.' }
        : undefined;
    const result = await pull.poller().cycle();
    expect(result.failed).toBe(0);
    expect(await pull.ids()).toEqual([1, 2, 3].map(requestId));
    expect(pull.aws.of('FilterLogEvents')[2]).toMatchObject({ startTime: T0 - 9 * MINUTE_MS + 50 });
    expect(pull.aws.of('FilterLogEvents')[2]).not.toHaveProperty('nextToken');
  });

  test('events with missing fields become dead letters, the rest is stored', async () => {
    const [start, report] = events(1, T0 - MINUTE_MS);
    pull.aws.script = ({ target }, nth) => {
      if (target !== 'FilterLogEvents') return undefined;
      if (nth === 1) return { answer: { nextToken: 'a' } };
      return {
        answer: {
          events: [start, { eventId: 'x', logStreamName: STREAM, timestamp: T0 }, { message: 'no time' }, {}, report],
        },
      };
    };
    pull.aws.group(GROUP);
    await pull.poller().cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
    expect((await reasons(pull.product)).filter((reason) => reason === 'pulled-event-incomplete')).toHaveLength(3);
  });
});

describe('faults', () => {
  test('retries after two throttled requests', async () => {
    pull.aws.group(GROUP, events(1, T0 - MINUTE_MS));
    pull.aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth <= 2 ? { type: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    expect(await pull.poller().cycle()).toMatchObject({ failed: 0 });
    expect(await pull.ids()).toEqual([requestId(1)]);
  });

  test('when throttling continues, the state is `throttled`, the watermark stays and the next cycle catches up', async () => {
    pull.aws.group(GROUP, events(1, T0 - 3 * MINUTE_MS));
    const polling = pull.poller();
    await polling.cycle();
    const before = await pull.checkpoint();
    pull.aws.group(GROUP, [...events(1, T0 - 3 * MINUTE_MS), ...events(2, T0 + MINUTE_MS)]);
    pull.aws.script = ({ target }) =>
      target === 'FilterLogEvents' ? { type: 'ThrottlingException', message: 'Rate exceeded' } : undefined;
    pull.now += 2 * MINUTE_MS;
    expect(await polling.cycle()).toMatchObject({ failed: 1 });
    expect(await pull.checkpoint()).toMatchObject({ state: 'throttled', watermarkMs: before?.watermarkMs });
    pull.aws.script = () => undefined;
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 2].map(requestId));
    expect((await pull.checkpoint())?.state).toBe('ok');
  });

  test('an error on page 3 of 5 keeps pages 1 and 2 and does not move the watermark past them', async () => {
    pull.aws.group(
      GROUP,
      [1, 2, 3, 4, 5].flatMap((n) => events(n, T0 - (10 - n) * MINUTE_MS)),
    );
    pull.aws.pageEvents = 2;
    pull.aws.script = ({ target }, nth) =>
      target === 'FilterLogEvents' && nth === 3 ? { type: 'InvalidOperationException', message: 'no' } : undefined;
    const polling = pull.poller();
    expect(await polling.cycle()).toMatchObject({ failed: 1 });
    expect(await pull.ids()).toEqual([1, 2].map(requestId));
    expect(await pull.checkpoint()).toMatchObject({ watermarkMs: null, state: 'error' });
    await polling.cycle();
    expect(await pull.ids()).toEqual([1, 2, 3, 4, 5].map(requestId));
    expect(await pull.product.json('/api/v1/ingest/status')).toMatchObject({ accepted: 10, duplicates: 0 });
  });

  test('a deleted log group does not stop the others', async () => {
    for (const name of ['a', 'b', 'c'])
      pull.aws.group(`/aws/lambda/${name}`, name === 'b' ? [] : events(name === 'a' ? 1 : 3, T0 - MINUTE_MS));
    pull.aws.script = ({ target, input }) =>
      target === 'FilterLogEvents' && input['logGroupName'] === '/aws/lambda/b'
        ? { type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' }
        : undefined;
    expect(await pull.poller().cycle()).toMatchObject({ groups: 3, failed: 1 });
    expect(await pull.ids()).toEqual([1, 3].map(requestId));
    expect((await pull.checkpoint('/aws/lambda/b'))?.state).toBe('gone');
  });

  test('a group of another log class is not asked in each cycle, and is reported once with advice', async () => {
    pull.aws.group('/aws/lambda/a', events(1, T0 - MINUTE_MS));
    pull.aws.group('/aws/lambda/ia', [], { logGroupClass: 'INFREQUENT_ACCESS' });
    pull.aws.group('/aws/lambda/d', [], { logGroupClass: 'DELIVERY' });
    pull.aws.group('/aws/lambda/unlisted');
    pull.aws.script = ({ target, input }) =>
      target === 'FilterLogEvents' && input['logGroupName'] === '/aws/lambda/unlisted'
        ? {
            type: 'InvalidOperationException',
            message:
              'The log group is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.',
          }
        : undefined;
    const polling = pull.poller();
    expect(await polling.cycle()).toMatchObject({ groups: 4, failed: 3 });
    for (let n = 0; n < 5; n += 1) {
      pull.now += MINUTE_MS;
      expect(await polling.cycle()).toMatchObject({ groups: 1, failed: 0 });
    }
    expect(pull.windows('/aws/lambda/ia')).toHaveLength(0);
    expect(pull.windows('/aws/lambda/unlisted')).toHaveLength(1);
    expect(pull.windows('/aws/lambda/a')).toHaveLength(6);
    expect(pull.warnings).toHaveLength(3);
    for (const name of ['ia', 'd', 'unlisted'])
      expect(await pull.checkpoint(`/aws/lambda/${name}`)).toMatchObject({
        state: 'unsupported',
        message: expect.stringContaining('create a group of class STANDARD') as string,
      });
    // Once a day, in case it was replaced by a group of the same name.
    pull.now += 24 * 60 * MINUTE_MS;
    await polling.cycle();
    expect(pull.windows('/aws/lambda/unlisted')).toHaveLength(2);
  });

  test.each([
    ['an HTML error page', { html: '<html>oops</html>', status: 500 }, 'error'],
    ['a connection cut', { hangUp: true }, 'error'],
    ['an expired token', { type: 'ExpiredTokenException', message: 'The security token is expired' }, 'credentials'],
    ['no permission', { type: 'AccessDeniedException', message: 'not authorized' }, 'denied'],
  ] as const)('%s sets its own state', async (_name, scripted, state) => {
    pull.aws.group(GROUP, events(1, T0 - MINUTE_MS));
    pull.aws.script = ({ target }) => (target === 'FilterLogEvents' ? scripted : undefined);
    expect(await pull.poller().cycle()).toMatchObject({ failed: 1 });
    const point = await pull.checkpoint();
    expect(point?.state).toBe(state);
    expect(point?.message).toMatch(/FilterLogEvents|credentials/);
    pull.aws.script = () => undefined;
    await pull.poller().cycle();
    expect(await pull.ids()).toEqual([requestId(1)]);
  });
});

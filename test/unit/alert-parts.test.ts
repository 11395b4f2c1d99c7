/** Pure functions of alerting: groups, retries, signatures, bodies, matchers, burn rates, anomalies. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../server/alerts/evaluate/alert.ts';
import { testAlert } from '../../server/alerts/evaluate/alert.ts';
import { deviation } from '../../server/alerts/evaluate/anomaly.ts';
import { BURN_RATES, burnRate, multiWindowBurnRate } from '../../server/alerts/evaluate/burn-rate.ts';
import type { Notification } from '../../server/alerts/notify/bodies.ts';
import { bodyOf } from '../../server/alerts/notify/bodies.ts';
import type { Group, Member } from '../../server/alerts/notify/grouping.ts';
import { DEFAULT_TIMING, flush, openGroup, upsertMember } from '../../server/alerts/notify/grouping.ts';
import { decideRetry, retryAfterMs } from '../../server/alerts/notify/retry.ts';
import { isMuteTime } from '../../server/alerts/notify/routing.ts';
import { isSecret, newSecret, sign } from '../../server/alerts/notify/signature.ts';
import { matcherError, matches } from '../../server/alerts/rules/matchers.ts';
import { findingOf } from '../../server/alerts/rules/rule.ts';
import { FORMATS } from '../../server/http/contract/receivers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('signatures', () => {
  test('the vector of the Standard Webhooks specification', () => {
    const headers = sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(headers['webhook-timestamp']).toBe('1614265330');
  });

  test('two secrets give two signatures', () => {
    const [one, two] = [newSecret(), newSecret()];
    const both = sign('msg_1', 0, '{}', [one, two])['webhook-signature'].split(' ');
    expect(both).toEqual([one, two].map((secret) => sign('msg_1', 0, '{}', [secret])['webhook-signature']));
    expect([one, two].every(isSecret)).toBe(true);
    for (const wrong of ['', 'whsec_', 'whsec_short', 'whsec_!!!!', one.slice(6), `whsec_${'A'.repeat(100)}`]) {
      expect(isSecret(wrong)).toBe(false);
    }
  });
});

describe('retries', () => {
  const answered = (status: number, retryAfter: string | null = null) => ({
    kind: 'answered' as const,
    status,
    retryAfter,
  });
  test.each([200, 201, 204])('%i is delivered', (status) => {
    expect(decideRetry(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'delivered' });
  });
  test.each([301, 302, 307, 400, 401, 404, 408, 429, 500, 502, 503, 504])('%i is retried', (status) => {
    expect(decideRetry(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });
  test('410 disables the receiver; no response is retried', () => {
    expect(decideRetry(answered(410), 1, 0, 0, 0.5)).toEqual({ kind: 'gone' });
    expect(decideRetry({ kind: 'failed' }, 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });

  test('the whole schedule with and without jitter, up to 24 hours', () => {
    const play = (random: number): number[] => {
      const at = [0];
      for (let attempt = 1; ; attempt += 1) {
        const decision = decideRetry(answered(500), attempt, 0, at.at(-1) ?? 0, random);
        if (decision.kind !== 'retry') {
          expect(decision.kind).toBe('exhausted');
          return at;
        }
        at.push(decision.atMs);
      }
    };
    const steps = (at: readonly number[]): number[] => at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    const usual = [
      5000,
      30_000,
      2 * MINUTE,
      10 * MINUTE,
      30 * MINUTE,
      HOUR,
      2 * HOUR,
      4 * HOUR,
      4 * HOUR,
      4 * HOUR,
      4 * HOUR,
      4 * HOUR,
    ];
    expect(steps(play(0.5))).toEqual(usual);
    expect(play(0.5).at(-1)).toBeLessThanOrEqual(24 * HOUR);
    for (const [at, step] of steps(play(0)).entries()) expect(step).toBeCloseTo((usual[at] ?? 4 * HOUR) * 0.8, 3);
    for (const [at, step] of steps(play(1)).entries()) expect(step).toBeCloseTo((usual[at] ?? 4 * HOUR) * 1.2, 3);
  });

  test('Retry-After in seconds and as a date, an hour at most', () => {
    const now = Date.UTC(2026, 10, 21);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('86400', now)).toBe(HOUR);
    expect(retryAfterMs(new Date(now + 90_000).toUTCString(), now)).toBe(90_000);
    expect(retryAfterMs(new Date(now - 90_000).toUTCString(), now)).toBe(0);
    for (const wrong of [null, '', 'soon', '-5', '1e9']) expect(retryAfterMs(wrong, now)).toBe(0);
    expect(decideRetry(answered(429, '120'), 1, now, now, 0.5)).toEqual({ kind: 'retry', atMs: now + 120_000 });
  });
});

describe('groups', () => {
  const timing = DEFAULT_TIMING;
  const none = (): boolean => false;
  /** Inserts a transition into a group, or as the first of a new one. */
  const insert = (group: Group | null, key: string, status: Member['status'], alertId: string, ms: number) => {
    const members = new Map(group?.members);
    if (!upsertMember(members, key, status, alertId)) return group;
    return group === null ? openGroup(members, ms, timing) : { ...group, members };
  };
  const must = (group: Group | null): Group => {
    if (group === null) throw new Error('no group');
    return group;
  };
  const fire = (group: Group | null, key: string, id: string, ms: number) => must(insert(group, key, 'firing', id, ms));

  test('30 s, 5 m, 4 h: notifies once, then repeats at whole intervals', () => {
    let group = fire(null, 'a', 'a1', 0);
    expect(group.flushMs).toBe(30_000);
    const notified: number[] = [];
    for (let ms = 30_000; ms <= 9 * HOUR; ms = group.flushMs) {
      const flushed = flush(group, ms, timing, true, none);
      if (flushed.notify.length > 0) notified.push(ms);
      group = must(flushed.group);
    }
    expect(notified).toEqual([30_000, 30_000 + 4 * HOUR, 30_000 + 8 * HOUR]);
  });

  test('a second alert waits for the next flush, which includes both', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const flushed = flush(fire(first, 'b', 'b1', 40_000), first.flushMs, timing, true, none);
    expect(flushed.notify).toEqual(['a', 'b']);
  });

  test('resolved before groupWait: nothing is sent', () => {
    const group = must(insert(fire(null, 'a', 'a1', 0), 'a', 'resolved', 'a1', 10_000));
    expect(group.members.size).toBe(0);
    expect(insert(null, 'a', 'resolved', 'a1', 0)).toBeNull();
  });

  test('resolved is sent once, then the group is deleted', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    expect(flush(over, first.flushMs, timing, true, none)).toEqual({ notify: ['a'], group: null });
  });

  test('without sendResolved, only the next firing is sent', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, false, none).group);
    const both = fire(must(insert(first, 'a', 'resolved', 'a1', 60_000)), 'a', 'a2', 90_000);
    expect(flush(both, first.flushMs, timing, false, none).notify).toEqual(['a']);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    expect(flush(over, first.flushMs, timing, false, none)).toEqual({ notify: [], group: null });
  });

  test('an alert that resolves while muted is sent once it is no longer muted', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(insert(first, 'a', 'resolved', 'a1', 60_000));
    const muted = flush(over, first.flushMs, timing, true, () => true);
    expect(muted.notify).toEqual([]);
    expect(flush(must(muted.group), must(muted.group).flushMs, timing, true, none).notify).toEqual(['a']);
  });
});

describe('bodies', () => {
  const at = '2026-11-21T12:00:00.000Z';
  const hostile = '"><script>alert(1)</script>\r\n@everyone <!channel> {{labels.x}} \u0007 `$(id)`';
  const alert: Alert = { ...testAlert(at), summary: hostile, labels: { alertname: 'A', function: hostile } };
  const notice = (alerts: Notification['alerts'], total = alerts.length): Notification => ({
    groupKey: '[["alertname","A"]]',
    receiver: 'Pager',
    alerts,
    total,
    timestamp: at,
    publicUrl: 'https://t.example',
  });
  const firing = (n: number): Notification['alerts'] =>
    Array.from({ length: n }, () => ({ status: 'firing' as const, alert }));

  test.each(FORMATS)(
    '%s is valid JSON with hostile text, and bounded with 10,000 alerts',
    (format: (typeof FORMATS)[number]) => {
      const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
      for (const [included, total] of [
        [firing(1), 1],
        [firing(100), 10_000],
      ] as const) {
        const { body } = bodyOf(format, notice(included, total), { template, routingKey: 'k' });
        expect(() => JSON.parse(body) as unknown).not.toThrow();
        expect(Buffer.byteLength(body)).toBeLessThan(1_048_576);
        if (format === 'native') expect(Buffer.byteLength(body)).toBeLessThan(20_000);
      }
    },
  );

  test.each(FORMATS.flatMap((format) => (['firing', 'resolved'] as const).map((status) => [format, status] as const)))(
    '%s, %s: golden file',
    async (format, status) => {
      const included: Notification['alerts'] = [
        { status, alert: status === 'firing' ? alert : { ...alert, endsAt: at } },
      ];
      const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
      const { type, body } = bodyOf(format, notice(included), { template, routingKey: 'k' });
      const golden = JSON.stringify({ type, body: JSON.parse(body) as unknown }, null, 2);
      await expect(`${golden}\n`).toMatchFileSnapshot(`../fixtures/bodies/${format}-${status}.json`);
    },
  );

  test('templates replace fields, but no placeholders in their values', () => {
    const template = '{"text":"{{summary}}","n":{{n}},"rule":"{{rule.name}}","none":{{__proto__.x}}}';
    const { body } = bodyOf('template', notice(firing(1)), { template, routingKey: null });
    expect(JSON.parse(body)).toEqual({ text: hostile, n: 2310, rule: 'Test', none: null });
  });

  test.each([
    ['change', 'firing', 'change.verdict'],
    ['ingestSilence', 'firing', 'ingest.gap'],
    ['change', 'resolved', 'alert.resolved'],
    ['metric', 'firing', 'alert.firing'],
  ] as const)('a %s that is %s is of type %s', (signal, status, type) => {
    const made = bodyOf('native', notice([{ status, alert: { ...alert, signal } }]), {
      template: null,
      routingKey: null,
    });
    expect([made.type, (JSON.parse(made.body) as { type: string }).type]).toEqual([type, type]);
  });

  test('alerts that are left out are counted', () => {
    const { body } = bodyOf('native', notice(firing(100), 10_000), { template: null, routingKey: null });
    const { data } = JSON.parse(body) as { data: { others: unknown[]; truncated: number } };
    expect(1 + data.others.length + data.truncated).toBe(10_000);
  });

  test('Alertmanager version 4: exactly its keys', () => {
    const included = [...firing(1), { status: 'resolved' as const, alert: { ...alert, endsAt: at } }];
    const { body } = bodyOf('alertmanager', notice(included), { template: null, routingKey: null });
    const parsed = JSON.parse(body) as { alerts: object[] };
    expect(Object.keys(parsed).toSorted()).toEqual([
      'alerts',
      'commonAnnotations',
      'commonLabels',
      'externalURL',
      'groupKey',
      'groupLabels',
      'receiver',
      'status',
      'truncatedAlerts',
      'version',
    ]);
    expect(Object.keys(parsed.alerts[0] ?? {}).toSorted()).toEqual([
      'annotations',
      'endsAt',
      'fingerprint',
      'generatorURL',
      'labels',
      'startsAt',
      'status',
    ]);
    expect(parsed).toMatchObject({
      version: '4',
      status: 'firing',
      receiver: 'Pager',
      groupLabels: { alertname: 'A' },
    });
  });

  test('chat messages contain no mentions, control characters or foreign markup', () => {
    const slack = JSON.parse(bodyOf('slack', notice(firing(1)), { template: null, routingKey: null }).body) as {
      text: string;
    };
    expect(slack.text).not.toMatch(/[<>\r\u0007]/);
    const discord = JSON.parse(bodyOf('discord', notice(firing(1)), { template: null, routingKey: null }).body) as {
      content: string;
      allowed_mentions: unknown;
    };
    expect(discord.allowed_mentions).toEqual({ parse: [] });
    expect(discord.content).toContain('\\@everyone');
  });

  test('PagerDuty triggers and resolves with the same key', () => {
    const key = (status: 'firing' | 'resolved') =>
      JSON.parse(bodyOf('pagerduty', notice([{ status, alert }]), { template: null, routingKey: 'k' }).body) as Record<
        string,
        string
      >;
    expect(key('firing')).toMatchObject({ event_action: 'trigger', routing_key: 'k' });
    expect(key('resolved')).toMatchObject({ event_action: 'resolve', dedup_key: key('firing')['dedup_key'] });
  });
});

describe('burn rates', () => {
  test('99.9 % and 1.44 % of errors are 14.4', () => {
    expect(burnRate({ errors: 144, n: 10_000 }, 0.999)).toBeCloseTo(14.4, 9);
    expect(burnRate({ errors: 0, n: 0 }, 0.999)).toBeNull();
    expect(multiWindowBurnRate({ errors: 144, n: 10_000 }, { errors: 0, n: 800 }, 0.999)).toBe(0);
    expect(BURN_RATES.map(({ longMs, shortMs }) => longMs / shortMs)).toEqual([12, 12, 12]);
  });

  test.each([
    [1, 0.864],
    [0.1, 8.64],
    [0.0144, 60],
  ])('an outage of %d is detected after %d minutes of the hour', (share, minutes) => {
    // One request per second; the long window fills with failures.
    const rate = (elapsed: number): number => {
      const errors = share * elapsed * 60;
      const short = Math.min(elapsed, 5);
      return multiWindowBurnRate({ errors, n: 3600 }, { errors: share * short * 60, n: 300 }, 0.999) ?? 0;
    };
    expect(rate(minutes * 0.95)).toBeLessThan(14.4);
    expect(rate(minutes * 1.02)).toBeGreaterThanOrEqual(14.4 - 1e-9);
  });
});

test('conditions: equality, null, infinity, too few samples', () => {
  const rule = { comparison: '>' as const, threshold: 1, bound: 'value' as const, minSamples: 10 };
  const measured = (value: number | null, n = 10) => ({ labels: {}, value, n, interval: null });
  expect(findingOf(rule, measured(1))).toBe('false');
  expect(findingOf({ ...rule, comparison: '>=' }, measured(1))).toBe('true');
  for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY])
    expect(findingOf(rule, measured(value))).toBe('no-data');
  expect(findingOf(rule, measured(5, 9))).toBe('no-data');
  const interval = { low: 0.5, high: 3 };
  expect(findingOf({ ...rule, bound: 'certain' }, { ...measured(2), interval })).toBe('false');
  expect(findingOf({ ...rule, comparison: '<', bound: 'certain', threshold: 2.5 }, { ...measured(2), interval })).toBe(
    'false',
  );
});

test('matchers are anchored, linear in time, and report invalid patterns', () => {
  const matcher = (value: string, isRegex = true, isEqual = true) => ({ name: 'function', value, isRegex, isEqual });
  expect(matches([matcher('check.*')], { function: 'checkout' })).toBe(true);
  expect(matches([matcher('check')], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('check.*', true, false)], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('', false)], {})).toBe(true);
  expect(matcherError(matcher('('))).toContain('invalid RE2 pattern');
  // A backtracking engine would not finish within the timeout of the test.
  expect(matches([matcher('(a+)+$')], { function: `${'a'.repeat(50_000)}!` })).toBe(false);
});

test('mute times: time zone, midnight, daylight saving time', () => {
  const nights = { timeZone: 'Europe/Berlin', weekdays: [5], from: '22:00', to: '06:00' };
  expect(isMuteTime(nights, Date.parse('2026-11-20T21:30:00Z'))).toBe(true); // Friday, 22:30
  expect(isMuteTime(nights, Date.parse('2026-11-20T20:30:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-11-21T04:59:00Z'))).toBe(true); // Saturday morning
  expect(isMuteTime(nights, Date.parse('2026-11-21T05:00:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-07-24T20:30:00Z'))).toBe(true); // In summer 22:30
});

test('anomaly score: an outlier week does not change the baseline', () => {
  expect(deviation(100, [100])).toBeNull();
  expect(deviation(100, [98, 102, 100, 101])).toBeCloseTo(-0.1, 1);
  expect(deviation(500, [98, 102, 100, 101])).toBeGreaterThan(50);
  // One outlier among four weeks does not move the median.
  expect(deviation(500, [98, 2000, 100, 101])).toBeGreaterThan(50);
  expect(deviation(0, [0, 0, 0])).toBeNull();
});

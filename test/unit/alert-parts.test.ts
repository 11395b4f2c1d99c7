/** The pure parts of alerts: groups, retries, signatures, bodies, matchers, budgets, customs. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../server/alerts/evaluate/alert.ts';
import { testAlert } from '../../server/alerts/evaluate/alert.ts';
import { deviation } from '../../server/alerts/evaluate/anomaly.ts';
import { BURN_RATES, burning, burnRate } from '../../server/alerts/evaluate/burn-rate.ts';
import type { Format, Notice } from '../../server/alerts/notify/bodies.ts';
import { bodyOf, FORMATS } from '../../server/alerts/notify/bodies.ts';
import type { Group } from '../../server/alerts/notify/grouping.ts';
import { arrive, flush, USUAL_TIMING } from '../../server/alerts/notify/grouping.ts';
import { retryAfterMs, verdictOf } from '../../server/alerts/notify/retry.ts';
import { isMuteTime } from '../../server/alerts/notify/routing.ts';
import { isSecret, newSecret, sign } from '../../server/alerts/notify/signature.ts';
import { faultOf, matches } from '../../server/alerts/rules/matchers.ts';
import { findingOf } from '../../server/alerts/rules/rule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('signatures', () => {
  test('the known vector', () => {
    const headers = sign('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}', [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(headers['webhook-timestamp']).toBe('1614265330');
  });

  test('two secrets sign side by side', () => {
    const [one, two] = [newSecret(), newSecret()];
    const both = sign('msg_1', 0, '{}', [one, two])['webhook-signature'].split(' ');
    expect(both).toEqual([one, two].map((secret) => sign('msg_1', 0, '{}', [secret])['webhook-signature']));
    expect([one, two].every(isSecret)).toBe(true);
    for (const wrong of ['', 'whsec_', 'whsec_short', 'whsec_!!!!', one.slice(6), `whsec_${'A'.repeat(100)}`]) {
      expect(isSecret(wrong)).toBe(false);
    }
  });
});

describe('what an answer means, and when delivery is retried', () => {
  const answered = (status: number, retryAfter: string | null = null) => ({
    kind: 'answered' as const,
    status,
    retryAfter,
  });
  test.each([200, 201, 204])('%i is delivered', (status) => {
    expect(verdictOf(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'delivered' });
  });
  test.each([301, 302, 307, 400, 401, 404, 408, 429, 500, 502, 503, 504])('%i is tried again', (status) => {
    expect(verdictOf(answered(status), 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });
  test('410 is gone; no answer is tried again', () => {
    expect(verdictOf(answered(410), 1, 0, 0, 0.5)).toEqual({ kind: 'gone' });
    expect(verdictOf({ kind: 'failed' }, 1, 0, 0, 0.5)).toEqual({ kind: 'retry', atMs: 5000 });
  });

  test('the whole schedule, with and without jitter, up to 24 hours', () => {
    const play = (random: number): number[] => {
      const at = [0];
      for (let attempt = 1; ; attempt += 1) {
        const verdict = verdictOf(answered(500), attempt, 0, at.at(-1) ?? 0, random);
        if (verdict.kind !== 'retry') {
          expect(verdict.kind).toBe('exhausted');
          return at;
        }
        at.push(verdict.atMs);
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
    expect(verdictOf(answered(429, '120'), 1, now, now, 0.5)).toEqual({ kind: 'retry', atMs: now + 120_000 });
  });
});

describe('groups', () => {
  const timing = USUAL_TIMING;
  const none = (): boolean => false;
  const must = (group: Group | null): Group => {
    if (group === null) throw new Error('no group');
    return group;
  };
  const fire = (group: Group | null, key: string, id: string, ms: number) =>
    must(arrive(group, key, 'firing', id, ms, timing));

  test('30 s, 5 m, 4 h: told once, then again after whole intervals', () => {
    let group = fire(null, 'a', 'a1', 0);
    expect(group.flushMs).toBe(30_000);
    const told: number[] = [];
    for (let ms = 30_000; ms <= 9 * HOUR; ms = group.flushMs) {
      const look = flush(group, ms, timing, true, none);
      if (look.tell.length > 0) told.push(ms);
      group = must(look.group);
    }
    expect(told).toEqual([30_000, 30_000 + 4 * HOUR, 30_000 + 8 * HOUR]);
  });

  test('a second alert waits for the next look, and both are told', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const look = flush(fire(first, 'b', 'b1', 40_000), first.flushMs, timing, true, none);
    expect(look.tell).toEqual(['a', 'b']);
  });

  test('resolved before groupWait: nothing is left to tell', () => {
    const group = must(arrive(fire(null, 'a', 'a1', 0), 'a', 'resolved', 'a1', 10_000, timing));
    expect(group.members.size).toBe(0);
    expect(arrive(null, 'a', 'resolved', 'a1', 0, timing)).toBeNull();
  });

  test('resolved is told once, and the group ends', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(arrive(first, 'a', 'resolved', 'a1', 60_000, timing));
    expect(flush(over, first.flushMs, timing, true, none)).toEqual({ tell: ['a'], group: null });
  });

  test('a receiver that wants no ends is told when it fires again', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, false, none).group);
    const both = fire(must(arrive(first, 'a', 'resolved', 'a1', 60_000, timing)), 'a', 'a2', 90_000);
    expect(flush(both, first.flushMs, timing, false, none).tell).toEqual(['a']);
    const over = must(arrive(first, 'a', 'resolved', 'a1', 60_000, timing));
    expect(flush(over, first.flushMs, timing, false, none)).toEqual({ tell: [], group: null });
  });

  test('muted while it ends: the end is told when it is heard again', () => {
    const first = must(flush(fire(null, 'a', 'a1', 0), 30_000, timing, true, none).group);
    const over = must(arrive(first, 'a', 'resolved', 'a1', 60_000, timing));
    const muted = flush(over, first.flushMs, timing, true, () => true);
    expect(muted.tell).toEqual([]);
    expect(flush(must(muted.group), must(muted.group).flushMs, timing, true, none).tell).toEqual(['a']);
  });
});

describe('bodies', () => {
  const at = '2026-11-21T12:00:00.000Z';
  const hostile = '"><script>alert(1)</script>\r\n@everyone <!channel> {{labels.x}} \u0007 `$(id)`';
  const alert: Alert = { ...testAlert(at), summary: hostile, labels: { alertname: 'A', function: hostile } };
  const notice = (told: Notice['told'], total = told.length): Notice => ({
    groupKey: '[["alertname","A"]]',
    receiver: 'Pager',
    told,
    total,
    timestamp: at,
    publicUrl: 'https://t.example',
  });
  const firing = (n: number): Notice['told'] => Array.from({ length: n }, () => ({ status: 'firing' as const, alert }));

  test.each(FORMATS)('%s is JSON, whatever the lines say, and bounded with ten thousand alerts', (format: Format) => {
    const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
    for (const [told, total] of [
      [firing(1), 1],
      [firing(100), 10_000],
    ] as const) {
      const { body } = bodyOf(format, notice(told, total), { template, routingKey: 'k' });
      expect(() => JSON.parse(body) as unknown).not.toThrow();
      expect(Buffer.byteLength(body)).toBeLessThan(1_048_576);
      if (format === 'native') expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    }
  });

  test.each(FORMATS.flatMap((format) => (['firing', 'resolved'] as const).map((status) => [format, status] as const)))(
    '%s, %s: the body in the format that receivers expect',
    async (format, status) => {
      const told: Notice['told'] = [{ status, alert: status === 'firing' ? alert : { ...alert, endsAt: at } }];
      const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
      const { type, body } = bodyOf(format, notice(told), { template, routingKey: 'k' });
      const golden = JSON.stringify({ type, body: JSON.parse(body) as unknown }, null, 2);
      await expect(`${golden}\n`).toMatchFileSnapshot(`../fixtures/bodies/${format}-${status}.json`);
    },
  );

  test('templates replace fields, and nothing within them', () => {
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

  test('the number left out is told', () => {
    const { body } = bodyOf('native', notice(firing(100), 10_000), { template: null, routingKey: null });
    const { data } = JSON.parse(body) as { data: { others: unknown[]; truncated: number } };
    expect(1 + data.others.length + data.truncated).toBe(10_000);
  });

  test('Alertmanager, version 4, with its keys and no others', () => {
    const told = [...firing(1), { status: 'resolved' as const, alert: { ...alert, endsAt: at } }];
    const { body } = bodyOf('alertmanager', notice(told), { template: null, routingKey: null });
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

  test('chats get no mentions, no control characters and no markup of others', () => {
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

  test('PagerDuty opens and closes by the same key', () => {
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
    expect(burning({ errors: 144, n: 10_000 }, { errors: 0, n: 800 }, 0.999)).toBe(0);
    expect(BURN_RATES.map(({ longMs, shortMs }) => longMs / shortMs)).toEqual([12, 12, 12]);
  });

  test.each([
    [1, 0.864],
    [0.1, 8.64],
    [0.0144, 60],
  ])('an outage of %d is detected after %d minutes of the hour', (share, minutes) => {
    // Traffic at one a second; the long window fills with failures.
    const rate = (elapsed: number): number => {
      const errors = share * elapsed * 60;
      const short = Math.min(elapsed, 5);
      return burning({ errors, n: 3600 }, { errors: share * short * 60, n: 300 }, 0.999) ?? 0;
    };
    expect(rate(minutes * 0.95)).toBeLessThan(14.4);
    expect(rate(minutes * 1.02)).toBeGreaterThanOrEqual(14.4 - 1e-9);
  });
});

test('equal values, no values, infinity and too few samples', () => {
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

test('matchers are whole, linear, and say what is wrong', () => {
  const matcher = (value: string, isRegex = true, isEqual = true) => ({ name: 'function', value, isRegex, isEqual });
  expect(matches([matcher('check.*')], { function: 'checkout' })).toBe(true);
  expect(matches([matcher('check')], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('check.*', true, false)], { function: 'checkout' })).toBe(false);
  expect(matches([matcher('', false)], {})).toBe(true);
  expect(faultOf(matcher('('))).toContain('no RE2 pattern');
  const began = performance.now();
  expect(matches([matcher('(a+)+$')], { function: `${'a'.repeat(50_000)}!` })).toBe(false);
  expect(performance.now() - began).toBeLessThan(1000);
});

test('mute times keep to their zone, over midnight and summer time', () => {
  const nights = { timeZone: 'Europe/Berlin', weekdays: [5], from: '22:00', to: '06:00' };
  expect(isMuteTime(nights, Date.parse('2026-11-20T21:30:00Z'))).toBe(true); // Friday, 22:30
  expect(isMuteTime(nights, Date.parse('2026-11-20T20:30:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-11-21T04:59:00Z'))).toBe(true); // Saturday morning
  expect(isMuteTime(nights, Date.parse('2026-11-21T05:00:00Z'))).toBe(false);
  expect(isMuteTime(nights, Date.parse('2026-07-24T20:30:00Z'))).toBe(true); // In summer 22:30
});

test('unusual for the hour of the week; an incident does not become the new normal', () => {
  expect(deviation(100, [100])).toBeNull();
  expect(deviation(100, [98, 102, 100, 101])).toBeCloseTo(-0.1, 1);
  expect(deviation(500, [98, 102, 100, 101])).toBeGreaterThan(50);
  // One week of four was an incident: the median does not follow it.
  expect(deviation(500, [98, 2000, 100, 101])).toBeGreaterThan(50);
  expect(deviation(0, [0, 0, 0])).toBeNull();
});

/** Rules and routing of the API: what is refused, with the field, and that each comes back as it was given. */
import { describe, expect, test } from 'vitest';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { routingDocument } from '../../http/contract/routing.ts';
import {
  documentOf,
  documentOfRouting,
  routeTimeErrors,
  routingErrors,
  routingOf,
  ruleErrors,
  ruleOf,
} from './documents.ts';
import { alertFingerprint, fingerprint, fingerprintHash } from './fingerprint.ts';
import { matcherError } from './matchers.ts';

const rule = (change: object = {}) =>
  ruleDocument.parse({
    id: 'r',
    name: 'R',
    threshold: 1,
    signal: { kind: 'metric', metric: 'errorRate', aggregation: 'value' },
    ...change,
  });
const errors = (change: object) => ruleErrors(rule(change)).map(({ field, message }) => `${field}: ${message}`);

describe('rules', () => {
  test.each([
    [{}, []],
    [{ window: '1m' }, []],
    [{ window: '59s' }, ['window: expected between 1m and 31d']],
    [{ window: '31d' }, []],
    [{ window: '44641m' }, ['window: expected between 1m and 31d']],
    [{ signal: { kind: 'newErrors' }, window: '30m' }, []],
    [
      { signal: { kind: 'regressedErrors' }, window: '29m' },
      ['window: expected at least 30m: failures are grouped up to ten minutes later'],
    ],
    [{ functions: ['prod-*'] }, []],
    [{ functions: ['prod-*'], signal: { kind: 'newErrors' }, window: '1h' }, []],
    [
      { functions: ['prod-*'], signal: { kind: 'ingestSilence' } },
      ['functions: ingestSilence is not measured by function'],
    ],
    [{ functions: ['prod-*'], signal: { kind: 'unparsed' } }, ['functions: unparsed is not measured by function']],
    [{ evaluationInterval: '1s' }, []],
    [{ evaluationInterval: '999ms' }, ['evaluationInterval: expected between 1s and 1d']],
    [{ evaluationInterval: '1d' }, []],
    [{ evaluationInterval: '1d1ms' }, ['evaluationInterval: expected between 1s and 1d']],
    [{ for: '31d', keepFiringFor: '31d', settle: '1d', allowedLateness: '7d' }, []],
    [{ for: '0s', keepFiringFor: '0s', settle: '0s', allowedLateness: '0s' }, []],
    [{ for: '99999d' }, ['for: expected between 0s and 31d']],
    [{ for: '31d1ms' }, ['for: expected between 0s and 31d']],
    [{ keepFiringFor: '5w' }, ['keepFiringFor: expected between 0s and 31d']],
    [{ settle: '9999d' }, ['settle: expected between 0s and 1d']],
    [{ settle: '24h1s' }, ['settle: expected between 0s and 1d']],
    [{ allowedLateness: '169h' }, ['allowedLateness: expected between 0s and 7d']],
  ])('%j', (change, expected) => {
    expect(errors(change)).toEqual(expected);
  });

  test('a metric supports some aggregations only', () => {
    const found = errors({ signal: { kind: 'metric', metric: 'errorRate', aggregation: 'p99' } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^signal\.aggregation: .*errorRate.*p99/);
    expect(errors({ signal: { kind: 'unparsed' } })).toEqual([]);
  });

  const burnRate = (shortWindow: string) => ({ kind: 'burnRate', objective: 0.999, shortWindow });

  test('the short window of a burn rate is shorter than the long one', () => {
    expect(errors({ window: '1h', signal: burnRate('59m') })).toEqual([]);
    for (const short of ['1h', '2h'])
      expect(errors({ window: '1h', signal: burnRate(short) })).toEqual([
        'signal.shortWindow: must be shorter than window',
      ]);
    expect(errors({ window: '1h', signal: burnRate('1m') })).toEqual([]);
    expect(errors({ window: '1h', signal: burnRate('59s') })).toEqual([
      'signal.shortWindow: expected between 1m and 31d',
    ]);
    const document = rule({ window: '1h', signal: burnRate('5m') });
    expect(ruleOf(document).signal).toEqual({
      kind: 'burnRate',
      objective: 0.999,
      shortWindowMs: 300_000,
      filters: [],
    });
    expect(documentOf(ruleOf(document))).toEqual(document);
  });

  test('texts, labels and groups come back', () => {
    const document = rule({
      severity: 'critical',
      groupBy: ['function', 'version'],
      labels: { team: 'shop' },
      annotations: { note: 'see runbook' },
      runbookUrl: 'https://example.com/runbook',
      noData: 'breaching',
    });
    expect(documentOf(ruleOf(document))).toEqual(document);
  });
});

describe('routing', () => {
  const routing = (change: object) => routingDocument.parse(change);
  const regex = (value: string) => ({ name: 'function', value, isRegex: true });
  const night = (timeZone: string) => ({ timeZone, from: '22:00', to: '06:00' });

  test.each([
    [{}, []],
    [{ groupWait: '0s', groupInterval: '1s', repeatInterval: '1s' }, []],
    [{ groupWait: '1d', groupInterval: '7d', repeatInterval: '31d' }, []],
    [{ groupWait: '25h' }, ['groupWait: expected between 0s and 1d']],
    [{ groupInterval: '0s' }, ['groupInterval: expected between 1s and 7d']],
    [{ groupInterval: '169h' }, ['groupInterval: expected between 1s and 7d']],
    [{ repeatInterval: '999ms' }, ['repeatInterval: expected between 1s and 31d']],
    [{ repeatInterval: '9999d' }, ['repeatInterval: expected between 1s and 31d']],
    [{ muteTimes: [{ from: '00:00', to: '24:00' }] }, []],
    [
      { muteTimes: [{ from: '10:00', to: '10:00' }] },
      ['muteTimes.0.to: must differ from from; a whole day is 00:00 to 24:00'],
    ],
    [
      { muteTimes: [{ from: '22:00', to: '06:00', weekdays: [] }] },
      ['muteTimes.0.weekdays: expected at least one day'],
    ],
  ])('times of a route: %j', (times, expected) => {
    const { routes } = routing({ routes: [{ receiver: 'p' }, { receiver: 'p', ...times }] });
    const found = routeTimeErrors(routes).map(({ field, message }) => `${field}: ${message}`);
    expect(found).toEqual(expected.map((one) => `routes.1.${one}`));
  });

  test('errors name the field: patterns, receivers and time zones', () => {
    const document = routing({
      routes: [
        { receiver: 'p', matchers: [regex('a.*')], muteTimes: [night('Europe/Berlin')] },
        { receiver: 'q', matchers: [regex('ok'), regex('(')], muteTimes: [night('UTC'), night('Mars/Olympus')] },
      ],
      inhibitions: [
        { source: [regex('(')], target: [regex('ok')] },
        { source: [regex('ok')], target: [regex('ok'), regex('[')] },
      ],
    });
    const found = routingErrors(document, new Set(['p']));
    expect(found.map(({ field }) => field)).toEqual([
      'routes.1.matchers.1.value',
      'routes.1.receiver',
      'routes.1.muteTimes.1.timeZone',
      'inhibitions.0.source.0.value',
      'inhibitions.1.target.1.value',
    ]);
    expect(found.slice(1, 3).map(({ message }) => message)).toEqual([
      'unknown receiver q',
      'unknown time zone Mars/Olympus',
    ]);
    expect(routingErrors(routing({ routes: [{ receiver: 'p' }] }), new Set(['p']))).toEqual([]);
  });

  test('durations become ms and come back', () => {
    const document = routing({
      routes: [
        {
          receiver: 'p',
          matchers: [regex('a.*')],
          groupBy: ['...'],
          groupWait: '10s',
          groupInterval: '1m',
          repeatInterval: '3h',
          muteTimes: [night('UTC')],
          continue: true,
        },
      ],
      inhibitions: [{ source: [regex('a')], target: [regex('b')], equal: ['team'] }],
    });
    const { routes } = routingOf(document);
    expect(routes[0]).toMatchObject({
      receiverId: 'p',
      timing: { groupWaitMs: 10_000, groupIntervalMs: 60_000, repeatIntervalMs: 10_800_000 },
    });
    expect(documentOfRouting(routingOf(document))).toEqual(document);
  });
});

describe('identity of label sets', () => {
  test('order does not matter; values, names and rules do', () => {
    expect(fingerprint({ b: '2', a: '1' })).toBe('[["a","1"],["b","2"]]');
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
    expect(alertFingerprint({ ruleId: 'r"', labels: { a: '1' } })).toBe('["r\\"",[["a","1"]]]');
    expect(alertFingerprint({ ruleId: 'q', labels: {} })).not.toBe(alertFingerprint({ ruleId: 'r', labels: {} }));
  });

  // FNV-1a with 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/), computed by another implementation.
  test.each([
    [{}, '09612b07b5ecb5a5'],
    [{ n: '44' }, '05c5218a489cf6a3'],
    [{ b: 'ä', a: '1' }, '394adbc4bb141df0'],
  ])('the short hash of %j is %s', (labels, hash) => {
    expect(fingerprintHash(labels)).toBe(hash);
  });
});

test('patterns: at most 1,000 characters of RE2; other values may be anything', () => {
  const matcher = (value: string, isRegex = true) => ({ name: 'a', value, isRegex, isEqual: true });
  expect(matcherError(matcher('a'.repeat(1000)))).toBe(null);
  expect(matcherError(matcher('a'.repeat(1001)))).toBe('expected at most 1000 characters');
  expect(matcherError(matcher('('))).toMatch(/^invalid RE2 pattern: /);
  expect(matcherError(matcher('('.repeat(2000), false))).toBe(null);
});

/** The demo fleet: played in parts it writes each line once, and it has what the pages show. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../records/time.ts';
import { BROKEN_AGAIN, demoFleet } from './demo-fleet.ts';
import { DemoPlayer } from './demo-player.ts';
import { handlerErrorOf } from './handler-errors.ts';
import { planOf } from './plan.ts';

const NOW = Date.UTC(2026, 10, 30, 12, 34, 56);

/** Nothing is expected of these. */
const OTHERS = ['auth', 'quotes', 'orders-api', 'pricing', 'invoice-pdf'];

const small = {
  plan: planOf({ name: 'small', appLines: { share: 1, texts: ['INFO step {n}'] }, tracedShare: 0.5 }),
  fromMs: NOW - 3 * HOUR_MS,
  timeoutSeconds: 3,
};

test('played in parts, each event is written once, none before its time, in the order of its stream', () => {
  const player = new DemoPlayer(small, 1);
  const events = new Map<string, string[]>();
  let [traces, requests] = [0, 0];
  for (let untilMs = NOW - 2 * HOUR_MS; untilMs <= NOW; untilMs += 7 * MINUTE_MS) {
    const part = player.play(untilMs);
    for (const { logStream, before, events: some } of part.streams) {
      const known = events.get(logStream) ?? [];
      expect([logStream, before ?? 0]).toEqual([logStream, known.length]);
      expect(Math.max(...some.map(({ timestampMs }) => timestampMs))).toBeLessThanOrEqual(untilMs);
      events.set(logStream, [...known, ...some.map(({ message }) => message)]);
    }
    expect(part.requests.filter(({ endMs }) => endMs > untilMs)).toEqual([]);
    traces += part.documents.length;
    requests += part.requests.length;
  }
  const all = [...events.values()].flat();
  const reports = all.filter((line) => line.startsWith('REPORT')).map((line) => line.slice(0, 60));
  // About one request in 10 s.
  expect(requests).toBeGreaterThan(700);
  expect([new Set(reports).size, reports.length]).toEqual([requests, requests]);
  expect(all.filter((line) => line.includes('\tINFO\tstep ')).length).toBeGreaterThanOrEqual(requests);
  // Two segments of each second request.
  expect(traces).toBeGreaterThan(0.8 * requests);
});

test('the history has traced cold starts, lines of applications, errors of handlers, and three months of what costs most', () => {
  const fleet = demoFleet(NOW).filter(({ plan }) => !OTHERS.includes(plan.name));
  const played = fleet.map((one, at) => new DemoPlayer(one, 1000 + at).play(NOW));
  const documents = played.flatMap((one) => one.documents);
  expect(documents.filter((text) => text.includes('"Initialization"')).length).toBeGreaterThanOrEqual(100);
  const events = (name: string) =>
    played.filter((one) => one.name === name).flatMap(({ streams }) => streams.flatMap((one) => one.events));
  const having = (text: string) =>
    played
      .filter(({ streams }) => streams.some((one) => one.events.some(({ message }) => message.includes(text))))
      .map(({ name }) => name);
  expect(having('paid by card')).toEqual(['checkout']);
  expect(having('\tERROR\tInvoke Error \t{"errorType":"TypeError"')).toEqual([BROKEN_AGAIN.name]);
  expect(having('Traceback (most recent call last):')).toEqual(['search', 'catalog-export']);
  expect(having('Runtime.OutOfMemory')).toEqual(['thumbnail']);
  const first = (name: string): number =>
    events(name).reduce((least, { timestampMs }) => Math.min(least, timestampMs), NOW);
  expect((NOW - first('report-nightly')) / DAY_MS).toBeGreaterThan(69);
  expect((NOW - first('checkout')) / DAY_MS).toBeGreaterThan(8);
});

test('the error of a request depends on its version and its id only', () => {
  const error = (share: number, versions: readonly string[] | null) => ({
    ...{ errorType: 'KeyError', message: "'sku'", frame: { name: 'rank', file: 'app.py', line: 1 } },
    ...{ share, versions },
  });
  const plan = planOf({ name: 'f', errors: [error(0.25, ['2']), error(0.5, null)] });
  // 0x400000 of 0x1000000 is a quarter.
  const id = (digits: string): string => `00000000-0000-4000-a000-${digits}000000`;
  const found = (version: string, digits: string) => handlerErrorOf(plan, version, id(digits))?.share ?? null;
  expect([found('2', '3fffff'), found('2', '400000'), found('2', 'c00000')]).toEqual([0.25, 0.5, null]);
  expect([found('1', '3fffff'), found('1', '7fffff'), found('1', '800000')]).toEqual([0.5, 0.5, null]);
});

/** Cost of alerting: 1,000 rules over 500 functions; rounds from an event to its webhook. */
import { expect, test } from 'vitest';
import { figure, quantile } from '../support/drill.ts';
import { message, record, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';
import { startReceiver } from '../support/receiver.ts';
import { runLines } from '../support/run-lines.ts';

const FUNCTIONS = 500;
const RULES = 1000;
const LARGEST_RATIO = 6;
/** Distinct queries among the rules: metric, aggregation and window. */
const QUESTIONS = 40;

async function put(product: TestProduct, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(`/api/v1/alerts/${path}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
  });
  if (response.status !== 200) throw new Error(await response.text());
}

test(`${RULES} rules over ${FUNCTIONS} functions cost little more than their ${QUESTIONS} questions`, async () => {
  let nowMs = Date.UTC(2026, 10, 21, 12);
  const product = await startProduct({ now: () => nowMs });
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
  const records = Array.from({ length: FUNCTIONS }, (_, n) => {
    const events = Array.from({ length: 20 }, (_run, at) =>
      runLines(crypto.randomUUID(), nowMs - 200_000 + at * 1000, at === 0),
    );
    return record(message(events.flat(), { logGroup: `/aws/lambda/f${n}`, logStream: 's' }));
  });
  await send(product, records);
  const metrics = [
    'errorRate',
    'coldStartRate',
    'errors',
    'invocations',
    'costUsd',
    'timeouts',
    'durationMs',
    'billedMs',
  ];
  const add = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n += 1) {
      const question = n % QUESTIONS;
      const metric = metrics[question % metrics.length] ?? 'errors';
      const aggregation = metric === 'durationMs' ? 'p95' : metric.endsWith('Rate') ? 'value' : 'sum';
      await put(product, `rules/r${n}`, {
        id: `r${n}`,
        name: `Rule ${n}`,
        signal: { kind: 'metric', metric, aggregation },
        threshold: 1e9 + n,
        groupBy: ['function'],
        window: `${5 * (1 + Math.floor(question / metrics.length))}m`,
        settle: '0s',
      });
    }
  };
  /** CPU of a round, s: the least of five. The first also compiles code, and neighbours on the same core slow any of them. */
  const cost = async (): Promise<number> => {
    let seconds = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round += 1) {
      nowMs += 60_000;
      const before = process.cpuUsage();
      await product.alerts.round();
      const { user, system } = process.cpuUsage(before);
      seconds = Math.min(seconds, (user + system) / 1e6);
    }
    return seconds;
  };
  await add(0, QUESTIONS);
  const floor = await cost();
  await add(QUESTIONS, RULES);
  const seconds = await cost();
  figure(
    'alert evaluation',
    `${RULES} rules (${QUESTIONS} questions) over ${FUNCTIONS} functions: ${(seconds / floor).toFixed(2)} times the CPU of ${QUESTIONS} rules (${seconds.toFixed(2)} s)`,
  );
  expect(product.alerts.ruleState('r999')?.untilMs).toBe(nowMs);
  // Asking for each rule by itself would cost 25 times as much.
  expect(seconds / floor).toBeLessThanOrEqual(LARGEST_RATIO);
  await product.close();
  removeFolder(product.folder);
});

test('from the event to the webhook in three rounds', async () => {
  let nowMs = Date.UTC(2026, 10, 21, 12);
  const receiver = await startReceiver();
  const environment = {
    THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
    THERMOCLINE_OUTBOUND_HTTP: 'on',
  };
  const product = await startProduct({ environment, now: () => nowMs });
  for (const { id } of product.alerts.rules()) await product.alerts.removeRule(id);
  await put(product, 'receivers/log', { id: 'log', name: 'log', url: receiver.url });
  await put(product, 'rules/errors', {
    id: 'errors',
    name: 'Errors',
    signal: { kind: 'metric', metric: 'errors', aggregation: 'sum' },
    threshold: 0,
    groupBy: ['function'],
    window: '1h',
    settle: '0s',
    evaluationInterval: '1s',
  });
  await put(product, 'routing', {
    routes: [{ receiver: 'log', groupBy: ['...'], groupWait: '0s', groupInterval: '1s' }],
  });
  const received = new Set<string>();
  receiver.answer = (response, { body }) => {
    received.add((JSON.parse(body) as { data: { labels: { function: string } } }).data.labels.function);
    response.writeHead(200).end();
  };
  const rounds: number[] = [];
  const tookMs: number[] = [];
  for (let n = 0; n < 40; n += 1) {
    const name = `f${n}`;
    const began = performance.now();
    const events = runLines(crypto.randomUUID(), nowMs, true);
    await send(product, [record(message(events, { logGroup: `/aws/lambda/${name}`, logStream: 's' }))]);
    let round = 0;
    while (!received.has(name) && round < 10) {
      round += 1;
      // `serve` runs a round per second.
      nowMs += 1000;
      await product.alerts.round();
      await product.alerts.idle();
    }
    rounds.push(round);
    tookMs.push(performance.now() - began);
  }
  figure(
    'event to webhook',
    `${received.size} alerts: at most ${Math.max(...rounds)} rounds of 1 s, p99 ${Math.round(quantile(tookMs, 0.99))} ms of work`,
  );
  expect(received.size).toBe(40);
  expect(Math.max(...rounds)).toBeLessThanOrEqual(3);
  await product.close();
  await receiver.close();
  removeFolder(product.folder);
});

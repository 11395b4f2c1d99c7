/**
 * Property test: whatever happens to alerts, receivers and the process, a reachable receiver's last notification is the
 * current state; and no alert is delivered under two ids.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { MemoryAlertStore } from '../../test/support/alert-store.ts';
import { asyncLaw } from '../../test/support/law.ts';
import { testReceiver } from '../../test/support/receivers.ts';
import { ruleDocument } from '../http/contract/alert-rules.ts';
import { routingDocument } from '../http/contract/routing.ts';
import type { AlertStore } from '../storage/questions/alerts/types.ts';
import { OutboundError } from './egress/egress-client.ts';
import { AlertEngine } from './engine.ts';
import type { Signals } from './evaluate/signals.ts';
import { routingOf, ruleOf } from './rules/documents.ts';
import type { Measured } from './rules/rule.ts';

const SERIES = ['a', 'b', 'c'];

interface Minute {
  readonly high: readonly boolean[];
  readonly receiver: 'up' | 'down' | 'broken' | 'accepts and resets';
  /** The process dies before this write of the minute; null if it survives. */
  readonly diesAtWrite: number | null;
}
const minute: fc.Arbitrary<Minute> = fc.record({
  high: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  receiver: fc.constantFrom('up', 'up', 'down', 'broken', 'accepts and resets'),
  diesAtWrite: fc.oneof(
    { weight: 3, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 6 }) },
  ),
});
// Runs of equal minutes, so that states are entered, held and left.
const story = fc
  .array(fc.tuple(minute, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 10 })
  .map((parts) => parts.flatMap(([one, times]) => new Array<Minute>(times).fill(one)));

class Stage {
  readonly store = new MemoryAlertStore();
  readonly received: { id: string; alertId: string; name: string; status: string; sequence: number }[] = [];
  nowMs = 0;
  now: Minute = { high: [false, false, false], receiver: 'up', diesAtWrite: null };
  engine: AlertEngine;
  #ids = 0;
  /** Writes left before the process dies. */
  #life = { writes: Number.POSITIVE_INFINITY };

  constructor() {
    this.engine = this.#make();
  }

  #make(): AlertEngine {
    const measure = (): Measured[] =>
      SERIES.map((name, at) => ({
        labels: { name },
        value: this.now.high[at] === true ? 2 : 0,
        n: 100,
        interval: null,
      }));
    return new AlertEngine({
      read: this.store.reader(),
      write: this.#mortal(),
      signals: {
        clearCache: () => undefined,
        measure: async () => ({ unit: '', measured: measure(), truncated: false }),
      } as unknown as Signals,
      egress: { blockReason: () => null, post: ({ body, headers }) => this.#receive(body, headers) },
      evidence: async () => [],
      now: () => this.nowMs,
      settledNow: () => this.nowMs,
      random: () => 0.5,
      randomHex: () => {
        this.#ids += 1;
        return String(this.#ids);
      },
      publicUrl: null,
      nextTurn: () => Promise.resolve(),
      onError: (error) => {
        throw error;
      },
    });
  }

  /** The store as seen by a process that dies: writes fail after a limit. */
  #mortal(): AlertStore {
    const life = { writes: Number.POSITIVE_INFINITY };
    this.#life = life;
    return new Proxy(this.store as unknown as AlertStore, {
      get:
        (store, name: keyof AlertStore) =>
        (...args: unknown[]) => {
          life.writes -= 1;
          if (life.writes < 0) return Promise.reject(new Error('killed'));
          return (store[name] as (...all: unknown[]) => Promise<unknown>).apply(store, args);
        },
    });
  }

  async #receive(body: string, headers: Readonly<Record<string, string>>) {
    const answer = { headers: {}, body: '', tookMs: 1 };
    if (this.now.receiver === 'down') throw new OutboundError('the connection was refused', false);
    if (this.now.receiver === 'broken') return { ...answer, status: 500 };
    const { data } = JSON.parse(body) as {
      data: { id: string; status: string; sequence: number; labels: { name: string } };
    };
    const { id: alertId, status, sequence, labels } = data;
    this.received.push({ id: headers['webhook-id'] ?? '', alertId, name: labels.name, status, sequence });
    if (this.now.receiver === 'accepts and resets') throw new OutboundError('the connection was closed', false);
    return { ...answer, status: 200 };
  }

  async begin(forMinutes: number, keepMinutes: number): Promise<void> {
    await this.engine.start();
    const document = { id: 'r', name: 'R', threshold: 1, signal: { kind: 'unparsed' }, groupBy: ['function'] };
    const times = { for: `${forMinutes}m`, keepFiringFor: `${keepMinutes}m`, settle: '0s' };
    await this.engine.saveRule(ruleOf(ruleDocument.parse({ ...document, ...times })));
    await this.engine.saveReceiver(testReceiver('p'), {
      signing: [{ secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', untilMs: null }],
      routingKey: null,
    });
    const route = { receiver: 'p', groupBy: ['...'], groupWait: '0s', groupInterval: '1m' };
    await this.engine.saveRouting(routingOf(routingDocument.parse({ routes: [route] })));
  }

  /** Replaces the process by a new one that loads the stored state. */
  async restart(): Promise<void> {
    this.engine = this.#make();
    await this.engine.start();
  }

  async live(one: Minute): Promise<void> {
    this.now = one;
    this.nowMs += MINUTE_MS;
    if (one.diesAtWrite === null) {
      await this.engine.round();
      await this.engine.idle();
      return;
    }
    this.#life.writes = one.diesAtWrite;
    await this.engine.round().catch(() => undefined);
    await this.engine.idle();
    this.#life.writes = 0;
    await this.restart();
  }
}

test('the last notification is the current state, one retry after the receiver is reachable', async () => {
  await asyncLaw(
    fc.asyncProperty(
      story,
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 2 }),
      async (minutes, held, keep) => {
        const stage = new Stage();
        await stage.begin(held, keep);
        for (const one of minutes) await stage.live(one);
        const { high } = stage.now;
        // Long enough for the state to settle and for the longest pause between attempts.
        for (let n = 0; n < held + keep + 45; n += 1) await stage.live({ high, receiver: 'up', diesAtWrite: null });
        for (const [at, name] of SERIES.entries()) {
          const sent = stage.received.filter((one) => one.name === name);
          const status = sent.at(-1)?.status ?? 'resolved';
          expect([name, status]).toEqual([name, high[at] === true ? 'firing' : 'resolved']);
          // A transition is never delivered under two ids.
          const ids = new Map<string, string>();
          for (const one of sent) {
            const key = `${one.alertId}/${one.sequence}`;
            expect([key, ids.get(key) ?? one.id]).toEqual([key, one.id]);
            ids.set(key, one.id);
          }
          // Firing is never delivered after its own end.
          sent.forEach((one, index) => {
            const later = sent.slice(index + 1).filter((other) => other.alertId === one.alertId);
            for (const other of later) expect(other.sequence).toBeGreaterThanOrEqual(one.sequence);
          });
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Reads of the engine at rest: what is asked of the store, and that nothing is missed, whoever writes and whenever it is due. */
import { expect, test } from 'vitest';
import type { AlertReader, StoredAlertEvent, StoredDelivery } from '../storage/questions/alerts/types.ts';
import { readsWhenWritten } from './reads-when-written.ts';

function setUp() {
  const stage = {
    revision: 0,
    /** Times at which pending deliveries are due, ms. */
    pending: [] as number[],
    seqs: [] as number[],
    asked: [] as string[],
    during: (): undefined => undefined,
  };
  const read = {
    alertEvents: async ({ afterSeq = 0 }: Parameters<AlertReader['alertEvents']>[0]) => {
      stage.asked.push(`events after ${afterSeq}`);
      const found = stage.seqs.filter((seq) => seq > afterSeq).map((seq) => ({ seq }) as StoredAlertEvent);
      stage.during();
      return found;
    },
    dueDeliveries: async ({ nowMs }: Parameters<AlertReader['dueDeliveries']>[0]) => {
      stage.asked.push('deliveries');
      const found = stage.pending.filter((ms) => ms <= nowMs).map((nextMs) => ({ nextMs }) as StoredDelivery);
      stage.during();
      return found;
    },
  } as unknown as AlertReader;
  const reads = readsWhenWritten(read, () => stage.revision);
  const events = async (afterSeq: number): Promise<readonly number[]> =>
    (await reads.alertEvents({ afterSeq, limit: 10 })).map(({ seq }) => seq);
  const due = async (nowMs: number): Promise<readonly number[]> =>
    (await reads.dueDeliveries({ nowMs })).map(({ nextMs }) => nextMs);
  /** What was asked since the last call. */
  const asked = (): readonly string[] => stage.asked.splice(0);
  return Object.assign(stage, { reads, events, due, askedSince: asked });
}

test('without events and deliveries, the store is asked once after each write', async () => {
  const stage = setUp();
  for (let round = 0; round < 3; round += 1) expect([await stage.events(4), await stage.due(1000)]).toEqual([[], []]);
  // Once for what is due, once for what is pending at all.
  expect(stage.askedSince()).toEqual(['events after 4', 'deliveries', 'deliveries']);
  stage.revision += 1;
  for (let round = 0; round < 3; round += 1) expect([await stage.events(4), await stage.due(1000)]).toEqual([[], []]);
  expect(stage.askedSince()).toEqual(['events after 4', 'deliveries', 'deliveries']);
});

test('what is written is found in the next read', async () => {
  const stage = setUp();
  expect([await stage.events(0), await stage.due(1000)]).toEqual([[], []]);
  stage.seqs.push(1);
  stage.pending.push(900);
  stage.revision += 1;
  expect([await stage.events(0), await stage.due(1000)]).toEqual([[1], [900]]);
});

test('a delivery that is due later is asked for until it is due, without another write', async () => {
  const stage = setUp();
  stage.pending.push(5000);
  expect(await stage.due(4998)).toEqual([]);
  expect(await stage.due(4999)).toEqual([]);
  expect(await stage.due(5000)).toEqual([5000]);
});

test('a clock that went back or ahead changes nothing', async () => {
  const stage = setUp();
  stage.pending.push(5000);
  expect(await stage.due(4000)).toEqual([]);
  expect(await stage.due(1000)).toEqual([]);
  expect(await stage.due(9000)).toEqual([5000]);
});

test('what is written while a read is under way is found by the next one', async () => {
  const stage = setUp();
  stage.during = () => {
    stage.during = () => undefined;
    stage.seqs.push(1);
    stage.pending.push(0);
    stage.revision += 1;
    return undefined;
  };
  expect(await stage.events(0)).toEqual([]);
  expect(await stage.events(0)).toEqual([1]);
  stage.pending.length = 0;
  stage.during = () => {
    stage.during = () => undefined;
    stage.pending.push(0);
    stage.revision += 1;
    return undefined;
  };
  expect(await stage.due(10)).toEqual([]);
  expect(await stage.due(10)).toEqual([0]);
});

test('events of before are read again by an engine that starts again', async () => {
  const stage = setUp();
  stage.seqs.push(1, 2);
  expect(await stage.events(2)).toEqual([]);
  expect(await stage.events(0)).toEqual([1, 2]);
});

test('an event of one rule that is not there says nothing of others', async () => {
  const stage = setUp();
  await stage.reads.alertEvents({ afterSeq: 0, limit: 10, ruleId: 'other' });
  stage.seqs.push(1);
  expect(await stage.events(0)).toEqual([1]);
});

test('a read that fails is made again', async () => {
  const stage = setUp();
  stage.during = () => {
    throw new Error('a reader thread ended');
  };
  await expect(stage.events(0)).rejects.toThrow('a reader thread ended');
  await expect(stage.due(0)).rejects.toThrow('a reader thread ended');
  stage.during = () => undefined;
  stage.askedSince();
  expect([await stage.events(0), await stage.due(0)]).toEqual([[], []]);
  expect(stage.askedSince()).toEqual(['events after 0', 'deliveries', 'deliveries']);
});

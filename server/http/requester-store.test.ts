/** What restricted callers read of the control plane; telemetry is tested in test/integration/restrictions.test.ts. */
import { describe, expect, test } from 'vitest';
import type { DeployMarker, Store, StoredAlertEvent } from '../storage/ports.ts';
import { mayRead, nameConditions, restrictionOf } from '../storage/restriction.ts';
import { storeFor } from './requester-store.ts';

const restriction = restrictionOf(['account:111122223333', 'function:pay-*']);
const byTag = restrictionOf(['tag:team=payments']);
type Permitted = Parameters<typeof storeFor>[0]['permitted'];
/** Every function with this name has the team, also where its account is not known. */
const permitted: Permitted = {
  permits: (asked, owner) =>
    mayRead(asked, owner, (of, key) => (key === 'team' && of.name === 'pay-in' ? 'payments' : undefined)),
  inForce: async (asked) => nameConditions(asked),
};

/** The event `seq`, of an alert with these labels. */
function event(seq: number, labels: Readonly<Record<string, string>>): StoredAlertEvent {
  const alert = {
    ...{ id: `al_${seq}`, sequence: 1, ruleId: 'r', ruleName: 'R', severity: 'warning', runbookUrl: null, labels },
    ...{ annotations: {}, summary: '', value: 1, threshold: 1, unit: '', n: 1, interval: null, coverage: null },
    ...{ window: { from: '', to: '' }, startsAt: '2026-11-20T00:00:00Z', endsAt: null, reason: null, evidence: [] },
  };
  return { seq, alertId: alert.id, ruleId: 'r', status: 'firing', atMs: seq, alert: JSON.stringify(alert) };
}

const pay = { function: 'pay-in', account: '111122223333', region: 'eu-west-1' };

/** The reads of a restricted caller of a store with these events, oldest first, and markers. */
function readsOf(events: readonly StoredAlertEvent[], markers: readonly DeployMarker[] = [], by = restriction) {
  const asked: number[] = [];
  const read = {
    alertEvents: async (query: { beforeSeq?: number; afterSeq?: number; newestFirst?: boolean; limit: number }) => {
      asked.push(query.limit);
      const { beforeSeq = Number.POSITIVE_INFINITY, afterSeq = -1 } = query;
      const found = events.filter(({ seq }) => seq < beforeSeq && seq > afterSeq);
      return (query.newestFirst === true ? found.toReversed() : found).slice(0, query.limit);
    },
    deployMarkers: async () => markers,
  };
  const store = { read, readsFor: () => ({ read }) } as unknown as Store;
  return { asked, read: storeFor({ store, permitted }, { lane: 'interactive' }, by).read };
}

describe('alerts', () => {
  test('are those of permitted functions, as many as are asked for', async () => {
    const others = [{ ...pay, function: 'invoices' }, { ...pay, account: '444455556666' }, { function: 'pay-in' }, {}];
    // One of a thousand may be read: pages of 500 are read until there are enough.
    const events = Array.from({ length: 3001 }, (_, seq) =>
      event(seq, seq % 1000 === 0 ? pay : (others[seq % 4] ?? {})),
    );
    const { read, asked } = readsOf(events);
    const seqs = async (query: Parameters<typeof read.alertEvents>[0]) =>
      (await read.alertEvents(query)).map(({ seq }) => seq);
    expect(await seqs({ limit: 10, newestFirst: true })).toEqual([3000, 2000, 1000, 0]);
    expect(await seqs({ limit: 2, newestFirst: true, beforeSeq: 3000 })).toEqual([2000, 1000]);
    expect(await seqs({ limit: 3 })).toEqual([0, 1000, 2000]);
    expect(new Set(asked)).toEqual(new Set([500]));
  });
});

describe('reported deployments', () => {
  const marker = (id: string, functions: readonly string[]): DeployMarker => ({
    ...{ id, atMs: 1, functions, label: null, version: null, commit: null, author: null, url: null, sender: 'ci' },
  });
  const markers = [
    marker('all', []),
    marker('own and another', ['111122223333:eu-west-1:pay-in', '111122223333:eu-west-1:invoices']),
    marker('another account', ['444455556666:eu-west-1:pay-in']),
    // Of whichever account has it.
    marker('a name', ['pay-in']),
  ];

  test('name permitted functions only', async () => {
    const found = await readsOf([], markers).read.deployMarkers({ fromMs: 0, toMs: 9 });
    expect(found.map(({ id, functions }) => [id, functions])).toEqual([
      ['all', []],
      ['own and another', ['111122223333:eu-west-1:pay-in']],
    ]);
    expect(await readsOf([], markers).read.deployMarkers({ fromMs: 0, toMs: 9, limit: 1 })).toHaveLength(1);
  });

  test('by tag: a name alone is of functions that may have other tags', async () => {
    const found = await readsOf([], markers, byTag).read.deployMarkers({ fromMs: 0, toMs: 9 });
    expect(found.map(({ id }) => id)).toEqual(['all', 'own and another', 'another account']);
  });

  test('of one function, which may be read, are shown whatever they name', async () => {
    const owner = { account: '111122223333', region: 'eu-west-1', name: 'pay-in' };
    const found = await readsOf([], [marker('a name', ['pay-in', 'invoices'])]).read.deployMarkers({
      fromMs: 0,
      toMs: 9,
      owner,
    });
    expect(found).toEqual([marker('a name', ['111122223333:eu-west-1:pay-in'])]);
  });
});

test('each read asks what is permitted now', async () => {
  const asked: unknown[] = [];
  const store = {
    read: { fleet: null },
    readsFor: (requester: object) => {
      asked.push(requester);
      return { read: { fleet: async () => 'of the fleet' } };
    },
  } as unknown as Store;
  let functionIds: readonly number[] = [1];
  const changing: Permitted = {
    ...permitted,
    inForce: async () => [{ kind: 'tagged', names: '', functionIds }],
  };
  const { read } = storeFor({ store, permitted: changing }, { lane: 'export' }, byTag);
  const query = { fromMs: 0, toMs: 1, widthMs: null };
  expect(await read.fleet(query)).toBe('of the fleet');
  functionIds = [];
  await read.fleet(query);
  expect(asked).toEqual(
    [[1], []].map((ids) => ({ lane: 'export', restriction: [{ kind: 'tagged', names: '', functionIds: ids }] })),
  );
});

test('questions about the whole fleet are refused, however they are asked', async () => {
  const store = { read: {}, readsFor: () => ({ read: {} }) } as unknown as Store;
  const { read, readPacked, readShaped } = storeFor({ store, permitted }, { lane: 'interactive' }, restriction);
  const refused = { code: 'forbidden' };
  await expect(read.ingestStatus({})).rejects.toMatchObject(refused);
  await expect(read.credentials({})).rejects.toMatchObject(refused);
  await expect(read.users({ nowMs: 0 })).rejects.toMatchObject(refused);
  await expect(readPacked('imports', { limit: 1 })).rejects.toMatchObject(refused);
  const questions = [
    ['functionIds', { fromMs: 0, toMs: 1 }],
    ['deadLetters', { limit: 1 }],
  ] as const;
  await expect(readShaped(questions, { name: 'x', args: [] })).rejects.toMatchObject(refused);
});

import { expect, test } from 'vitest';
import { MINUTE_MS as MINUTE } from '../../../ingest/records/time.ts';
import type { DeployMarker } from '../../storage/ports.ts';
import { namesFunction } from '../../storage/questions/markers/result.ts';
import { deployOf, markerLabel } from './reported-deploy.ts';

const identity = { account: '111122223333', region: 'eu-west-1', name: 'orders-api' };
const marker = (id: string, atMs: number, more: Partial<DeployMarker> = {}): DeployMarker => ({
  ...{ id, atMs, functions: ['orders-*'], label: null, version: null, commit: null, author: null, url: null },
  ...{ sender: 'pipeline', ...more },
});
const found = (markers: readonly DeployMarker[], atMs: number, version: string | null = null) =>
  deployOf(markers, { identity, atMs, version })?.id ?? null;

test.each([
  ['all', [], true],
  ['its name', ['orders-api'], true],
  ['a pattern', ['checkout', 'orders-???'], true],
  ['its id', ['111122223333:eu-west-1:*'], true],
  ['another name', ['orders'], false],
  ['another account', ['444455556666:*'], false],
])('a marker of %s', (_, functions, expected) => {
  expect(namesFunction(marker('a', 0, { functions }), identity)).toBe(expected);
});

test('a change is that of the nearest report in the hour before it, or up to ten minutes after it', () => {
  const markers = [marker('b', 50 * MINUTE), marker('a', 0)];
  expect(found(markers, 55 * MINUTE)).toBe('b');
  expect(found(markers, 40 * MINUTE)).toBe('b');
  expect(found([markers[0] as DeployMarker], 39 * MINUTE)).toBe(null);
  expect(found(markers, 39 * MINUTE)).toBe('a');
  // Reported a minute late, while the next deployment follows soon.
  expect(found([marker('next', 8 * MINUTE), marker('own', MINUTE)], 0)).toBe('own');
  expect(found(markers, 110 * MINUTE)).toBe('b');
  expect(found(markers, 111 * MINUTE)).toBe(null);
  expect(found([marker('a', 0, { functions: ['other'] })], MINUTE)).toBe(null);
});

test('a report that names the version is found within a week, and never taken for another version', () => {
  const markers = [marker('44', 20 * MINUTE, { version: '44' }), marker('43', 0, { version: '43' })];
  expect(found(markers, 30 * MINUTE, '43')).toBe('43');
  expect(found(markers, 6 * 1440 * MINUTE, '44')).toBe('44');
  expect(found(markers, 8 * 1440 * MINUTE, '44')).toBe(null);
  expect(found(markers, 30 * MINUTE, '42')).toBe(null);
});

test('without a published version, what a report calls the version is not compared', () => {
  const markers = [marker('a', 0, { version: '1.4.2' })];
  expect([found(markers, MINUTE, '$LATEST'), found(markers, MINUTE), found(markers, MINUTE, '7')]).toEqual([
    'a',
    'a',
    null,
  ]);
});

test('a label is what the sender called it, or the version and the commit', () => {
  const commit = '9f2c1d7be04a';
  expect([
    markerLabel(marker('a', 0)),
    markerLabel(marker('a', 0, { commit })),
    markerLabel(marker('a', 0, { commit, version: '43' })),
    markerLabel(marker('a', 0, { commit, label: 'Black Friday' })),
  ]).toEqual(['deployment', 'deployment (9f2c1d7)', 'version 43 (9f2c1d7)', 'Black Friday']);
});

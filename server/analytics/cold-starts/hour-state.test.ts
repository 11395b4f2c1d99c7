/** Idle times, changes, and what an hour hands to the next one. Timelines and figures are worked out by hand. */
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import type { Given } from '../../../test/support/attributed-hour.ts';
import { attribute, INFO, run, SNAPSHOT, SUPPRESSED } from '../../../test/support/attributed-hour.ts';
import { encodeConfiguration } from './configuration.ts';
import { attributeHour } from './hour.ts';
import type { ColdRun, EnvironmentInfo, Run } from './hour-state.ts';
import { NO_CARRIED_STATE } from './hour-state.ts';
import { idleBin } from './idle-window.ts';

describe('idle times', () => {
  const idle = (runs: readonly Run[], given: Given = {}) =>
    [...attribute(runs, given).idleTimes].toSorted(([a], [b]) => a - b);

  test('end in a reuse, or in a new environment, once', () => {
    const runs = [run(1, 1000, {}), run(1, 61_100), run(2, 661_600, {}), run(3, 700_000, {}, { endMs: 700_050 })];
    expect(idle(runs)).toEqual([
      // The second environment ended at 661,700 ms, and the third was needed at 699,800.
      [idleBin(38_100), [0, 1]],
      [idleBin(60_000), [1, 0]],
      // Ended at 61,200 ms; the second environment was needed at 661,400.
      [idleBin(600_200), [0, 1]],
    ]);
  });

  test('several of about one length are counted together', () => {
    const runs = [run(1, 1000, {}), run(1, 61_100), run(1, 121_200), run(1, 181_300)];
    expect(idle(runs)).toEqual([[idleBin(60_000), [3, 0]]]);
  });

  test('runs of one environment that overlap or meet are no idle time', () => {
    expect(idle([run(1, 1000, {}), run(1, 1100), run(1, 1150)])).toEqual([]);
    // The longest run under way counts: from 9,000 ms on.
    expect(idle([run(1, 1000, {}, { endMs: 9000 }), run(1, 2000), run(1, 69_000)])).toEqual([
      [idleBin(60_000), [1, 0]],
    ]);
  });

  test('environments that failed are not terminated for being idle', () => {
    expect(idle([run(1, 1000, {}, { failed: true }), run(2, 661_600, {})])).toEqual([]);
  });

  test.each<[string, Partial<ColdRun>]>([
    ['provisioned concurrency', { kind: 'provisioned', userFelt: false }],
    ['a proactive init', { userFelt: false }],
    ['a restore', { kind: 'snap-start' }],
    ['an init inside an invocation', SUPPRESSED],
  ])('%s is no request that waited for an idle environment', (_, cold) => {
    expect(idle([run(1, 1000, {}), run(2, 661_600, cold)])).toEqual([]);
  });

  test('a change of the configuration says nothing about idle time', () => {
    const infos = { 2: { configuration: 'c2' } };
    expect(idle([run(1, 1000, {}), run(2, 661_600, {})], { infos })).toEqual([]);
  });

  test('the first run of an environment that is older than the record follows no idle time', () => {
    expect(idle([run(1, 1000), run(1, 61_100)])).toEqual([[idleBin(60_000), [1, 0]]]);
  });
});

describe('changes', () => {
  const C1 = { configuration: 'c1', runtime: '' };
  const C2 = { configuration: 'c2', runtime: '' };

  test('the first environment of a new configuration, and those that replace old ones', () => {
    const infos = Object.fromEntries([3, 4, 5].map((id) => [id, { configuration: 'c2' }]));
    const runs = [
      run(1, 1000, {}, { endMs: 50_000 }),
      run(2, 2000, {}, { endMs: 60_000 }),
      run(3, 100_000, {}, { endMs: 500_000 }),
      run(4, 200_000, {}, { endMs: 500_000 }),
      run(5, 300_000, {}, { endMs: 500_000 }),
    ];
    const found = attribute(runs, { infos });
    expect(found.changes).toEqual([{ atMs: 99_800, kind: 'deploy', before: C1, after: C2 }]);
    expect(found.coldStarts.slice(2).map(({ evidence }) => evidence)).toMatchObject([
      // Takes the place of the environment that was used last, that of 60,000 ms.
      { change: 'deploy', firstOfChange: true, replacedIdleMs: null, changeKnown: false },
      { change: 'deploy', firstOfChange: false, replacedIdleMs: 199_800 - 50_000, changeKnown: false },
      { change: null, firstOfChange: false, busy: 2 },
    ]);
    expect(found.closing.newest).toEqual(C2);
    expect(found.closing.since).toEqual({ c2: 99_800, 'c2\n': 99_800 });
  });

  test('the time of an update of $LATEST is where idle time ends', () => {
    const deployed = encodeConfiguration({ version: '$LATEST', memoryMb: 128, extensions: null, deployedAtMs: 80_000 });
    const infos = Object.fromEntries([3, 4].map((id) => [id, { configuration: deployed }]));
    const at = (endMs: number) =>
      attribute(
        [
          run(1, 1000, {}, { endMs }),
          run(2, 2000, {}, { endMs: 95_000 }),
          run(3, 100_000, {}, { endMs: 500_000 }),
          run(4, 200_000, {}, { endMs: 500_000 }),
        ],
        { infos },
      ).coldStarts.at(-1)?.evidence;
    expect(at(50_000)).toMatchObject({ change: 'deploy', replacedIdleMs: 30_000, changeKnown: true });
    // In use at the update: not idle for a negative time.
    expect(at(85_000)).toMatchObject({ change: 'deploy', replacedIdleMs: 0, changeKnown: true });
  });

  test('a new runtime version is a patch; an unknown one is not', () => {
    const patched = (before: string, after: string) =>
      attribute([run(1, 1000, {}), run(2, 2000, {}), run(3, 100_000, {}), run(4, 200_000, {})], {
        infos: { 1: { runtime: before }, 2: { runtime: before }, 3: { runtime: after }, 4: { runtime: after } },
      });
    const found = patched('v1', 'v2');
    expect(found.changes).toEqual([
      {
        atMs: 99_800,
        kind: 'runtime-patch',
        before: { configuration: 'c1', runtime: 'v1' },
        after: { configuration: 'c1', runtime: 'v2' },
      },
    ]);
    expect(found.coldStarts[2]?.evidence).toMatchObject({
      change: 'runtime-patch',
      firstOfChange: true,
      replacedIdleMs: null,
    });
    expect(patched('v1', '').changes).toEqual([]);
    expect(patched('v1', 'v1').changes).toEqual([]);
    // Known for the first time.
    expect(patched('', 'v2').changes).toHaveLength(1);
    expect(found.closing.since).toEqual({ 'c1\nv2': 99_800 });
  });

  test('environments of the earlier runtime version are replaced one by one', () => {
    const v1 = { runtime: 'v1' };
    const v2 = { runtime: 'v2' };
    const found = attribute(
      [
        run(1, 1000, {}, { endMs: 50_000 }),
        run(2, 2000, {}, { endMs: 60_000 }),
        run(3, 100_000, {}, { endMs: 500_000 }),
        run(4, 200_000, {}, { endMs: 500_000 }),
      ],
      { infos: { 1: v1, 2: v1, 3: v2, 4: v2 } },
    );
    expect(found.coldStarts[3]?.evidence).toMatchObject({
      change: 'runtime-patch',
      firstOfChange: false,
      replacedIdleMs: 199_800 - 50_000,
      changeKnown: false,
    });
  });

  test('the environment that was used last is replaced first: one of the new configuration, or an old one', () => {
    const infos = { 3: { configuration: 'c2' }, 4: { configuration: 'c2' } };
    const last = (firstEndMs: number) =>
      attribute(
        [
          run(1, 1000, {}, { endMs: firstEndMs }),
          run(2, 2000, {}, { endMs: 90_000 }),
          run(3, 100_000, {}, { endMs: 100_100 }),
          run(4, 200_000, {}),
        ],
        { infos },
      ).coldStarts.at(-1)?.evidence;
    // The third one ended at 100,100 ms, after both old ones.
    expect(last(50_000)).toMatchObject({ change: null, gone: 1, goneIdleMs: 199_800 - 100_100 });
    expect(last(150_000)).toMatchObject({ change: 'deploy', replacedIdleMs: 199_800 - 150_000 });
  });

  test('an alias that still sends requests to the old version replaces nothing', () => {
    const infos = { 3: { configuration: 'c2' }, 4: { configuration: 'c2' } };
    const runs = [
      run(1, 1000, {}),
      run(2, 2000, {}),
      run(3, 100_000, {}, { endMs: 500_000 }),
      run(4, 200_000, {}, { endMs: 500_000 }),
      run(1, 300_000),
    ];
    expect(attribute(runs, { infos }).coldStarts.at(-1)?.evidence).toMatchObject({ change: null, busy: 1 });
  });

  test('a version that is needed again later in the hour was not replaced', () => {
    const infos = Object.fromEntries([3, 4].map((id) => [id, { configuration: 'c2' }]));
    const runs = [
      run(1, 1000, {}, { endMs: 5000 }),
      run(2, 2000, {}),
      run(3, 100_000, {}, { endMs: 500_000 }),
      run(4, 200_000, {}, { endMs: 500_000 }),
    ];
    expect(attribute(runs, { infos }).coldStarts[3]?.evidence).toMatchObject({ change: 'deploy' });
    const again = [...runs, run(5, 300_000, {})];
    expect(attribute(again, { infos }).coldStarts[3]?.evidence).toMatchObject({ change: null, busy: 1 });
  });

  test('the configuration of the newest environment is no new one, though none of it is left', () => {
    const newest = { configuration: 'c1', runtime: '' };
    const found = attribute([run(1, 1000, {})], { opening: { newest } });
    expect(found.changes).toEqual([]);
    expect(found.coldStarts[0]?.evidence.change).toBeNull();
  });

  test('a configuration that is in use is no new one', () => {
    const infos = { 2: { configuration: 'c2' }, 3: { configuration: 'c1' } };
    const runs = [run(1, 1000, {}, { endMs: 500_000 }), run(2, 2000, {}), run(3, 100_000, {})];
    expect(attribute(runs, { infos }).changes).toHaveLength(1);
  });
});

describe('what the next hour begins with', () => {
  const standing = (runs: readonly Run[], given: Given = {}) =>
    attribute(runs, given).closing.standing.map(({ id }) => id);
  const given = (lastEndMs: number, over: Partial<EnvironmentInfo> | null = null) => ({
    hourMs: 30 * HOUR_MS,
    opening: { standing: [{ ...SNAPSHOT, lastEndMs }] },
    ...(over === null ? {} : { infos: { 1: over } }),
  });

  test('environments that are not used again are forgotten two hours after they were last used', () => {
    // At the end of the hour, 31:00.
    expect(standing([], given(29 * HOUR_MS))).toEqual([1]);
    expect(standing([], given(29 * HOUR_MS - 1))).toEqual([]);
  });

  test('those that are used again are known for a day', () => {
    const later = { ...INFO, lastEndMs: 40 * HOUR_MS };
    const found = (lastEndMs: number) =>
      attributeHour(30 * HOUR_MS, { cold: [], runs: [] }, new Map([[1, later]]), {
        ...NO_CARRIED_STATE,
        standing: [{ ...SNAPSHOT, lastEndMs }],
      }).closing.standing.map(({ id }) => id);
    expect(found(7 * HOUR_MS)).toEqual([1]);
    expect(found(7 * HOUR_MS - 1)).toEqual([]);
  });

  test('its fields are those that are stored', () => {
    const found = attribute([run(1, 1000, {}, { failed: true })]);
    expect(found.closing).toEqual({
      standing: [{ ...SNAPSHOT, lastEndMs: 1100, failed: true }],
      streak: 0,
      newest: { configuration: 'c1', runtime: '' },
      since: {},
    });
    // Terminated, counted and replaced by the second one, which was needed at 60,000 ms.
    const [first] = attribute([run(1, 1000, {}), run(2, 60_200, {})]).closing.standing;
    expect(first).toEqual({ ...SNAPSHOT, lastEndMs: 1100, counted: true, countedMs: 60_000, replaced: true });
  });

  test('a deploy that became known after the hour before', () => {
    const infos = new Map([[1, { ...INFO, configuration: 'c9', lastEndMs: 30 * HOUR_MS }]]);
    const found = attributeHour(30 * HOUR_MS, { cold: [], runs: [] }, infos, {
      ...NO_CARRIED_STATE,
      standing: [{ ...SNAPSHOT, lastEndMs: 30 * HOUR_MS }],
    });
    expect(found.closing.standing).toMatchObject([{ id: 1, configuration: 'c9' }]);
  });

  test('since when configurations are known, as long as an environment has one', () => {
    const since = { c1: 5, 'c1\n': 6, c0: 7 };
    const opening = { since, standing: [{ ...SNAPSHOT, lastEndMs: 30 * HOUR_MS }] };
    expect(attribute([], { hourMs: 30 * HOUR_MS, opening }).closing.since).toEqual({ c1: 5, 'c1\n': 6 });
  });

  test('the newest environment is not that of a later run of an older one', () => {
    const newest = { configuration: 'c5', runtime: '' };
    expect(attribute([run(1, 1000)], { opening: { newest } }).closing.newest).toEqual(newest);
    expect(attribute([run(1, 1000)]).closing.newest).toEqual({ configuration: 'c1', runtime: '' });
    // An init inside an invocation of an older environment.
    const runs = [run(1, 1000), run(1, 5000, SUPPRESSED)];
    expect(attribute(runs, { opening: { newest } }).closing.newest).toEqual(newest);
  });
});

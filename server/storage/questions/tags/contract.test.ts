/** What selects functions as a whole, on both stores: every question that takes it answers about these functions alone. */
import { expect, test } from 'vitest';
import { HOUR_MS } from '../../../../ingest/records/time.ts';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import { FLEET, FLEET_RANGE, SCOPE } from '../../../../test/support/contract-fixture.ts';
import { functionIdOf } from '../../function-id.ts';
import type { Aggregate } from '../aggregate/types.ts';

const names = (items: readonly { readonly identity: { readonly name: string } }[]): readonly string[] =>
  items.map(({ identity }) => identity.name).toSorted();

test('known functions are those that are stored, alike in both stores', async () => {
  const known = await queryBoth(
    'knownFunctions',
    () => ({}),
    ({ functionIds, ...lists }) => ({ ...lists, n: functionIds.length }),
  );
  expect(known.ids).toContain(functionIdOf({ ...SCOPE, name: 'checkout' }));
  expect(known.ids).toEqual(known.ids.toSorted());
  for (const list of [known.architectures, known.runtimes, known.vpcs]) expect(list).toHaveLength(known.ids.length);
});

test('functions, their ids and the fleet', async () => {
  await onBoth(async ({ store: { read } }, ids) => {
    const selected = [ids.plain, ids.fails, 999_999_999];
    const both = [FLEET.fails, FLEET.plain].toSorted();
    expect(names((await read.functions({ ...FLEET_RANGE, selected })).items)).toEqual(both);
    expect(names((await read.functions({ ...FLEET_RANGE, selected, limit: 1 })).items)).toHaveLength(1);
    expect((await read.functionIds({ ...FLEET_RANGE, selected })).toSorted()).toEqual(
      [ids.plain, ids.fails].toSorted(),
    );
    expect(names((await read.fleet({ ...FLEET_RANGE, selected, widthMs: null })).functions)).toEqual(both);
    expect(await read.functionIds({ ...FLEET_RANGE, selected, functionId: ids.json })).toEqual([]);
    expect((await read.functions({ ...FLEET_RANGE, selected: [] })).items).toEqual([]);
  });
});

test('invocations, failures and changes', async () => {
  await onBoth(async ({ store: { read } }, ids) => {
    const selected = [ids.fails];
    const { items } = await read.invocations({ ...FLEET_RANGE, selected, limit: 100 });
    expect(new Set(items.map(({ functionName }) => functionName))).toEqual(new Set([FLEET.fails]));
    const { groups } = await read.errorGroups({ ...FLEET_RANGE, selected, limit: 1000 });
    expect(new Set(names(groups))).toEqual(new Set([FLEET.fails]));
    const own = await read.changeMarks({ ...FLEET_RANGE, functionId: ids.fails, limit: 1000 });
    const marks = await read.changeMarks({ ...FLEET_RANGE, selected, limit: 1000 });
    expect(marks.total).toBe(own.total);
  });
});

/** More than fit into one parameter of a request to ClickHouse (128 KiB), or into a statement of the usual length (256 KiB) twice. */
const MANY = Array.from({ length: 10_000 }, (_, at) => Number.MAX_SAFE_INTEGER - at);

test('thousands of selected functions', async () => {
  await onBoth(async ({ store: { read } }, ids) => {
    const selected = [...MANY, ids.fails];
    const query = { ...FLEET_RANGE, selected };
    expect(await read.functionIds(query)).toEqual([ids.fails]);
    expect(names((await read.functions(query)).items)).toEqual([FLEET.fails]);
    expect(names((await read.fleet({ ...query, widthMs: null })).functions)).toEqual([FLEET.fails]);
    const { items } = await read.invocations({ ...query, limit: 100 });
    expect(new Set(items.map(({ functionName }) => functionName))).toEqual(new Set([FLEET.fails]));
    const { groups } = await read.errorGroups({ ...query, limit: 1000 });
    expect(new Set(names(groups))).toEqual(new Set([FLEET.fails]));
    const own = await read.changeMarks({ ...FLEET_RANGE, selected: [ids.fails], limit: 1000 });
    expect((await read.changeMarks({ ...query, limit: 1000 })).total).toBe(own.total);
    expect(await read.fleetNetwork(query)).toEqual(await read.fleetNetwork({ ...FLEET_RANGE, selected: [ids.fails] }));
    const lines = { ...FLEET_RANGE, text: 'request:* OR function:fail*' };
    const [all, few] = await Promise.all(
      [selected, [ids.fails]].map((some) => read.logs({ ...lines, selected: some, limit: 100 })),
    );
    expect(all?.lines).toEqual(few?.lines);
    const [counted, alone] = await Promise.all(
      [selected, [ids.fails]].map((some) => read.logHistogram({ ...lines, selected: some, bins: 4 })),
    );
    expect(counted?.bins).toEqual(alone?.bins);
  });
});

test('the network of the fleet, of no function', async () => {
  const { events, series, bySubnet } = await queryBoth('fleetNetwork', () => ({ ...FLEET_RANGE, selected: [] }));
  expect([events, series, bySubnet]).toEqual([{ byName: [], failures: [], inLogs: [] }, [], []]);
});

test('groups by a tag; functions without it are one group, and the sums are the whole', async () => {
  const inOrder = ({ range, groups }: Aggregate) => ({
    range,
    groups: groups.toSorted((a, b) => (JSON.stringify(a.group) < JSON.stringify(b.group) ? -1 : 1)),
  });
  const group = async (groupBy: readonly ('function' | 'tag.team')[], teams: readonly (string | null)[]) =>
    queryBoth(
      'aggregate',
      ({ plain, json, fails, snap }) => {
        const tagged = [plain, json, fails, snap].flatMap((id, at) => {
          const team = teams[at] ?? null;
          return team === null ? [] : [[id, team] as const];
        });
        const query = { filters: [], groupBy, widthMs: null, sketch: null, quantiles: [] } as const;
        return { ...FLEET_RANGE, ...query, tags: new Map([['tag.team', new Map(tagged)]] as const) };
      },
      inOrder,
    );
  const nOf = ({ groups }: Awaited<ReturnType<typeof group>>) =>
    new Map(groups.map((one) => [one.group[0], one.points.reduce((sum, { counts }) => sum + counts.n, 0)]));
  const each = nOf(await group(['function'], []));
  const byTeam = nOf(await group(['tag.team'], [null, 'shop', 'shop', 'web']));
  const of = (name: string): number => each.get(functionIdOf({ ...SCOPE, name })) ?? Number.NaN;
  expect(byTeam.get('shop')).toBe(of(FLEET.json) + of(FLEET.fails));
  expect(byTeam.get('web')).toBe(of(FLEET.snap));
  const sum = (all: ReadonlyMap<unknown, number>): number => [...all.values()].reduce((total, n) => total + n, 0);
  expect(sum(byTeam)).toBe(sum(each));
});

test('series of rollups', async () => {
  await onBoth(async ({ store: { read } }, ids) => {
    const all = { ...FLEET_RANGE, selectors: [[]], sketches: 'none', widthMs: HOUR_MS, maxRows: 10_000 } as const;
    const namesOf = async (selected: readonly number[]) =>
      [...new Set((await read.series({ ...all, selected })).slices.map((slice) => slice.function))].toSorted();
    expect(await namesOf([ids.plain, ids.fails])).toEqual([FLEET.fails, FLEET.plain].toSorted());
    expect(await namesOf([])).toEqual([]);
  });
});

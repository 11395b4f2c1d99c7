/** Handler of changes: deployments, runtime patches, configuration changes and level shifts, with their effects. */

import { DAY_MS, HOUR_MS, iso } from '../../../ingest/records/time.ts';
import type { Period } from '../../analytics/compare/period.ts';
import type { Verdict } from '../../analytics/compare/verdict.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { DeployMarker, FunctionIdentity, StoredChange, TimeRange } from '../../storage/ports.ts';
import { compareChanges, readChangeCursor, writeChangeCursor } from '../../storage/questions/changes/cursor.ts';
import type { ChangeCursor } from '../../storage/questions/changes/types.ts';
import type { Context } from '../context.ts';
import type { ChangesAnswer } from '../contract/changes.ts';
import { changeRoutes, JUDGED_CHANGES } from '../contract/changes.ts';
import { implement } from '../implement.ts';
import { changeEffect } from '../presentation/change-effect.ts';
import { isPatch, kindsOf } from '../presentation/change-kinds.ts';
import { changeLabel } from '../presentation/change-label.ts';
import { measured } from '../presentation/measured-period.ts';
import { moveEffect } from '../presentation/move-effect.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';
import { AFTERWARDS_MS, deployOf, deployView, LATEST_MS } from '../presentation/reported-deploy.ts';
import { functionOf, rangeOf, selectedBy } from '../query.ts';

/** Longest periods that are compared: a week of earlier days, so that each hour has several controls. */
const BEFORE_MS = 7 * DAY_MS;
const AFTER_MS = 2 * DAY_MS;
/** Hours beside a level shift, which chose its place, are not part of its comparison. */
const CHOSEN_MS = 3 * HOUR_MS;
/** Minimum invocations of an hour whose median is used. */
const FEWEST_AN_HOUR = 20;
/** Changes of one function that explain level shifts. */
const KNOWN_CHANGES = 1000;
/** A level shift this close to a known change is not listed separately. */
const EXPLAINED_MS = 3 * HOUR_MS;

type Item = ChangesAnswer['items'][number];
type Described = Omit<Item, 'verdict' | 'reason' | 'hours' | 'differences' | 'effect' | 'summary' | 'isJudged'>;
/** A change before its verdict. */
interface ChangePeriods {
  readonly item: Described;
  readonly key: ChangeCursor;
  /** Null if it is not judged. */
  readonly periods: { readonly before: Period; readonly after: Period } | null;
  /** Runtime version that changed without a deploy; null for other changes. */
  readonly patch: string | null;
}

export const changeHandlers = implement(changeRoutes, {
  listChanges: async ({ context, query }) => {
    const nowMs = context.now();
    const range = rangeOf(query, nowMs);
    const only = query.function === undefined ? null : await functionOf(query.function, context.store);
    const cursor = query.cursor === undefined ? undefined : readChangeCursor(query.cursor);
    const selected = await selectedBy(query, context);
    const found = await context.store.read.changes({
      ...{ ...range, selected },
      ...{ functionId: only?.functionId, limit: query.limit, cursor, sidesOf: JUDGED_CHANGES },
      ...{ beforeMs: BEFORE_MS, afterMs: AFTER_MS, nowMs },
    });
    const markers = await markersFor(context, found.items);
    const known = found.items.map((change) => periodsOf(change, markers));
    const last = known.at(-1);
    const levels =
      only === null || selected?.includes(only.functionId) === false ? [] : await levelsOf(context, only, range);
    const inPage = levels.filter(
      ({ key }) =>
        (cursor === undefined || compareChanges(key, cursor) > 0) &&
        (!found.more || last === undefined || compareChanges(key, last.key) < 0),
    );
    const all = [...known, ...inPage].toSorted((a, b) => compareChanges(a.key, b.key));
    // A level is listed only if invocations that did not choose its place differ as well.
    const assessed = (await judge(context, all)).filter(
      ({ item }) => item.source !== 'level' || item.verdict === 'worse' || item.verdict === 'improved',
    );
    const page = assessed.slice(0, query.limit);
    const next = page.length < assessed.length || found.more ? page.at(-1) : undefined;
    const total = found.total + assessed.filter(({ item }) => item.source === 'level').length;
    const items = page.map(({ item }) => item);
    const judged = items.filter(({ isJudged }) => isJudged);
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      items: query.order === 'worst' ? items.toSorted((a, b) => badnessOf(b) - badnessOf(a)) : items,
      nextCursor: next === undefined ? null : writeChangeCursor(next.key),
      total,
      truncated: total > items.length,
      verdicts: countVerdicts(judged),
      notJudged: items.length - judged.length,
      runtimePatches: patchesOf(page),
    };
  },
});

/** What was reported of deployments around these changes. */
async function markersFor({ store }: Context, changes: readonly StoredChange[]): Promise<readonly DeployMarker[]> {
  if (changes.length === 0) return [];
  const times = changes.map(({ atMs }) => atMs);
  return store.read.deployMarkers({
    fromMs: Math.min(...times) - LATEST_MS,
    toMs: Math.max(...times) + AFTERWARDS_MS,
  });
}

interface Judged {
  readonly item: Item;
  readonly key: ChangeCursor;
  readonly patch: string | null;
}

/** Compares the periods of all changes together. */
async function judge({ analysis }: Context, all: readonly ChangePeriods[]): Promise<readonly Judged[]> {
  const compared = all.filter(({ periods }) => periods !== null);
  const periods = compared.flatMap((one) => one.periods ?? []);
  const verdicts = periods.length === 0 ? [] : await analysis.run('changes', periods);
  return all.map((one) => {
    const { item, key, patch } = one;
    const found = verdicts[compared.indexOf(one)];
    const differences = [...(found?.differences ?? [])];
    const { verdict, reason, hours } = found ?? UNJUDGED;
    const isJudged = found !== undefined;
    const summary = isJudged ? changeEffect(differences, verdict, { reason, hours }) : NOT_JUDGED;
    const effect = moveEffect(item, differences);
    return {
      item: {
        ...{ ...item, verdict, reason, hours, differences, isJudged, summary },
        ...{ effect: sentenceOf(effect), effectCode: codeOf(effect) },
      },
      ...{ key, patch },
    };
  });
}

const NOT_JUDGED = `Not judged: an answer compares its newest ${JUDGED_CHANGES} changes`;
const UNJUDGED = { verdict: 'insufficient-data', reason: NOT_JUDGED, hours: null } as const;

const BADNESS: Readonly<Record<Verdict, number>> = { worse: 3, improved: 2, 'no-evidence': 1, 'insufficient-data': 0 };

/** Of equal verdicts, the largest change that was found decides; it adds less than one. */
function badnessOf({ verdict, differences }: Item): number {
  const sizes = differences.filter((one) => one.verdict === verdict).map(({ change }) => Math.abs(change ?? 0));
  const largest = Math.max(0, ...sizes);
  return BADNESS[verdict] + largest / (1 + largest);
}

function periodsOf(change: StoredChange, markers: readonly DeployMarker[]): ChangePeriods {
  const { identity, atMs, sides } = change;
  const { region } = identity;
  const periods =
    sides === null ? null : { before: measured(sides.before, region), after: measured(sides.after, region) };
  const what = kindsOf(change);
  const version = change.source === 'logs' ? change.to.version : null;
  const deploy = isPatch(what) ? null : deployOf(markers, { identity, atMs, version });
  return {
    item: {
      function: { id: functionIdOf(identity), name: identity.name },
      at: iso(atMs),
      source: change.source,
      ...what,
      label: changeLabel(what),
      deploy: deploy === null ? null : deployView(deploy),
      n: periods === null ? null : { before: periods.before.n, after: periods.after.n },
    },
    key: { atMs, functionId: identity.functionId, source: change.source },
    periods,
    patch: change.source === 'logs' && isPatch(what) ? change.to.runtimeVersionArn : null,
  };
}

/** Hours at which a metric of the function shifted to another level without a known change nearby. */
async function levelsOf(
  { store, analysis }: Context,
  owner: FunctionIdentity,
  range: TimeRange,
): Promise<readonly ChangePeriods[]> {
  const id = functionIdOf(owner);
  const { functionId } = owner;
  const marks = await store.read.changeMarks({ ...range, functionId, limit: KNOWN_CHANGES });
  const knownMs = marks.items.map(({ atMs }) => atMs);
  const series = async (sketch: 'duration' | 'init', quantile: number) => {
    const { groups } = await store.read.aggregate({
      ...range,
      filters: [{ field: 'function', values: [id], not: false }],
      groupBy: [],
      widthMs: HOUR_MS,
      sketch,
      quantiles: [quantile],
    });
    return (groups[0]?.points ?? []).flatMap((point) => {
      const [value] = point.quantiles;
      return point.n < FEWEST_AN_HOUR || value == null || value <= 0 ? [] : [{ atMs: point.fromMs ?? 0, value }];
    });
  };
  const points = await analysis.run('changePoints', [
    await series('duration', 0.5),
    await series('duration', 0.95),
    await series('init', 0.5),
  ]);
  const moved = (['p50', 'p95', 'init'] as const).flatMap((kind, at) =>
    (points[at] ?? []).map((point) => ({ kind, point })),
  );
  const unexplained = moved.filter(({ point }) => knownMs.every((ms) => Math.abs(ms - point.atMs) > EXPLAINED_MS));
  const times = [...new Set(unexplained.map(({ point }) => point.atMs))];
  return Promise.all(
    times.map(async (atMs): Promise<ChangePeriods> => {
      const here = unexplained.filter(({ point }) => point.atMs === atMs);
      const side = async (fromMs: number, toMs: number) =>
        measured(await store.read.distribution({ functionId, fromMs, toMs, blockMs: HOUR_MS }), owner.region);
      const others = [...knownMs, ...times];
      const earliest = Math.max(atMs - BEFORE_MS, ...others.filter((ms) => ms < atMs));
      const latest = Math.min(atMs + AFTER_MS, ...others.filter((ms) => ms > atMs));
      const [was, is] = await Promise.all([
        side(earliest, Math.max(earliest, atMs - CHOSEN_MS)),
        side(Math.min(latest, atMs + CHOSEN_MS), latest),
      ]);
      return {
        item: {
          function: { id, name: owner.name },
          at: iso(atMs),
          source: 'level',
          kinds: here.map(({ kind }) => kind),
          label: `${here.map(({ kind }) => kind).join(', ')} shifted`,
          deploy: null,
          before: Object.fromEntries(here.map(({ kind, point }) => [kind, point.before])),
          after: Object.fromEntries(here.map(({ kind, point }) => [kind, point.after])),
          n: { before: was.n, after: is.n },
        },
        key: { atMs, functionId, source: 'level' },
        periods: { before: was, after: is },
        patch: null,
      };
    }),
  );
}

/** Groups runtime patches by runtime version, with all affected functions. */
function patchesOf(
  assessed: readonly { readonly item: Item; readonly patch: string | null }[],
): ChangesAnswer['runtimePatches'] {
  const byArn = new Map<string, Item[]>();
  for (const { item, patch } of assessed) {
    if (patch === null) continue;
    const items = byArn.get(patch) ?? [];
    byArn.set(patch, items);
    items.push(item);
  }
  return [...byArn].map(([runtimeVersionArn, items]) => {
    return {
      runtimeVersionArn,
      firstAt: items.map((item) => item.at).toSorted()[0] ?? '',
      functions: items.map((item) => ({ ...item.function, verdict: item.verdict })),
      verdicts: countVerdicts(items),
    };
  });
}

function countVerdicts(items: readonly Pick<Item, 'verdict'>[]): ChangesAnswer['verdicts'] {
  const count = (verdict: Verdict): number => items.filter((item) => item.verdict === verdict).length;
  return {
    improved: count('improved'),
    worse: count('worse'),
    'no-evidence': count('no-evidence'),
    'insufficient-data': count('insufficient-data'),
  };
}

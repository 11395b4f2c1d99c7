/** Handler of changes: deployments, runtime patches, configuration changes and level shifts, with their effects. */

import { DAY_MS, HOUR_MS, iso } from '../../../ingest/records/time.ts';
import { compareText } from '../../../ingest/text/compare-text.ts';
import type { Period } from '../../analytics/compare/period.ts';
import type { Verdict } from '../../analytics/compare/verdict.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { FunctionIdentity, StoredChange, TimeRange } from '../../storage/ports.ts';
import type { Context } from '../context.ts';
import type { ChangesAnswer } from '../contract/changes.ts';
import { changeRoutes } from '../contract/changes.ts';
import { implement } from '../implement.ts';
import { isPatch, kindsOf } from '../presentation/change-kinds.ts';
import { measured } from '../presentation/measured-period.ts';
import { moveEffect } from '../presentation/move-effect.ts';
import { functionOf, rangeOf } from '../query.ts';

/** Longest periods that are compared: a week of earlier days, so that each hour has several controls. */
const BEFORE_MS = 7 * DAY_MS;
const AFTER_MS = 2 * DAY_MS;
/** Hours beside a level shift, which chose its place, are not part of its comparison. */
const CHOSEN_MS = 3 * HOUR_MS;
/** Minimum invocations of an hour whose median is used. */
const FEWEST_AN_HOUR = 20;
/** A level shift this close to a known change is not listed separately. */
const EXPLAINED_MS = 3 * HOUR_MS;

type Item = ChangesAnswer['items'][number];
/** A change before its verdict. */
interface ChangePeriods {
  readonly item: Omit<Item, 'verdict' | 'reason' | 'differences' | 'effect'>;
  readonly before: Period;
  readonly after: Period;
  /** Runtime version that changed without a deploy; null for other changes. */
  readonly patch: string | null;
}

export const changeHandlers = implement(changeRoutes, {
  listChanges: async ({ context, query }) => {
    const nowMs = context.now();
    const range = rangeOf(query, nowMs);
    const only = query.function === undefined ? null : await functionOf(query.function, context.store);
    const found = await context.store.read.changes({
      ...range,
      functionId: only?.functionId,
      limit: query.limit,
      beforeMs: BEFORE_MS,
      afterMs: AFTER_MS,
      nowMs,
    });
    const known = found.items.map(periodsOf);
    const levels =
      only === null
        ? []
        : await levelsOf(
            context,
            only,
            range,
            found.items.map((one) => one.atMs),
          );
    const all = [...known, ...levels].toSorted((a, b) => compareText(b.item.at, a.item.at));
    const periods = all.map(({ before, after }) => ({ before, after }));
    const verdicts = periods.length === 0 ? [] : await context.analysis.run('changes', periods);
    const listed = all.map(({ item, patch }, at) => ({
      item: {
        ...item,
        verdict: verdicts[at]?.verdict ?? ('no-evidence' as const),
        reason: verdicts[at]?.reason ?? null,
        differences: [...(verdicts[at]?.differences ?? [])],
        effect: moveEffect(item, verdicts[at]?.differences ?? []),
      },
      patch,
    }));
    // A level is listed only if invocations that did not choose its place differ as well.
    const assessed = listed.filter(
      ({ item }) => item.source !== 'level' || item.verdict === 'worse' || item.verdict === 'improved',
    );
    return {
      range: { from: iso(range.fromMs), to: iso(range.toMs), bucketMs: range.toMs - range.fromMs },
      items: assessed.map(({ item }) => item),
      nextCursor: null,
      total: found.total + assessed.filter(({ item }) => item.source === 'level').length,
      truncated: found.total > found.items.length,
      runtimePatches: patchesOf(assessed),
    };
  },
});

function periodsOf(change: StoredChange): ChangePeriods {
  const { identity, atMs, before, after } = change;
  const { region } = identity;
  const [was, is] = [measured(before, region), measured(after, region)];
  const what = kindsOf(change);
  return {
    item: {
      function: { id: functionIdOf(identity), name: identity.name },
      at: iso(atMs),
      source: change.source,
      ...what,
      n: { before: was.n, after: is.n },
    },
    before: was,
    after: is,
    patch: change.source === 'logs' && isPatch(what) ? change.to.runtimeVersionArn : null,
  };
}

/** Hours at which a metric of the function shifted to another level without a known change nearby. */
async function levelsOf(
  { store, analysis }: Context,
  owner: FunctionIdentity,
  range: TimeRange,
  knownMs: readonly number[],
): Promise<readonly ChangePeriods[]> {
  const id = functionIdOf(owner);
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
      const { functionId } = owner;
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
          before: Object.fromEntries(here.map(({ kind, point }) => [kind, point.before])),
          after: Object.fromEntries(here.map(({ kind, point }) => [kind, point.after])),
          n: { before: was.n, after: is.n },
        },
        before: was,
        after: is,
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
    const count = (verdict: Verdict): number => items.filter((item) => item.verdict === verdict).length;
    return {
      runtimeVersionArn,
      firstAt: items.map((item) => item.at).toSorted()[0] ?? '',
      functions: items.map((item) => ({ ...item.function, verdict: item.verdict })),
      verdicts: {
        improved: count('improved'),
        worse: count('worse'),
        'no-evidence': count('no-evidence'),
        'insufficient-data': count('insufficient-data'),
      },
    };
  });
}

/** What both stores do with the rows of error groups. */
import { DAY_MS, HOUR_MS } from '../../../../ingest/records/time.ts';
import type { ErrorIdentity } from '../../../analytics/errors/fingerprint.ts';
import { ERROR_KINDS, errorIdentity, fingerprintOf } from '../../../analytics/errors/fingerprint.ts';
import type { ToldFailure } from '../../../analytics/errors/hour.ts';
import type { LastFailure } from '../../../analytics/errors/state.ts';
import { DRAIN_MS } from '../../../analytics/errors/state.ts';
import { titleOf } from '../../../analytics/errors/title.ts';
import { align } from '../../rollup/range.ts';
import type { FunctionIdentity } from '../functions/types.ts';
import type { ResolvedRange, TimeRange } from '../shared-types.ts';
import type { ErrorExample, ErrorGroup, ErrorGroups } from './types.ts';

/** Hours of a group that examples are looked for in. */
export const EXAMPLE_HOURS = 24;

const WIDTHS_MS = [HOUR_MS, 3 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 7 * DAY_MS] as const;
/** Most parts of a series. */
const MOST_PARTS = 60;

/** Whole hours around the range, and the width of the parts of its series. */
export function errorRange(range: TimeRange): ResolvedRange {
  const { fromMs, toMs } = align(range, HOUR_MS);
  const widthMs = WIDTHS_MS.find((ms) => (toMs - fromMs) / ms <= MOST_PARTS) ?? 7 * DAY_MS;
  return { fromMs, toMs, widthMs };
}

/** Counts of one version of a group in one part of the range. */
export interface ErrorPartRow {
  readonly functionId: number;
  readonly fingerprint: string;
  /** '' if unknown. */
  readonly version: string;
  /** Number of the part. */
  readonly part: number;
  readonly attempts: number;
  readonly invocations: number;
  readonly initFailures: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** First and last failure of a group on record, and what its failures have in common. */
export interface ErrorGroupRow {
  readonly functionId: number;
  readonly fingerprint: string;
  readonly kind: string;
  readonly errorType: string | null;
  readonly message: string;
  readonly frame: string;
  readonly firstMs: number;
  readonly firstVersion: string;
  /** When each version failed last; those that failed long before the others may be missing. */
  readonly lasts: readonly { readonly version: string; readonly lastMs: number }[];
}

interface Key {
  readonly functionId: number;
  readonly fingerprint: string;
}

export function keyOf({ functionId, fingerprint }: Key): string {
  return `${functionId}/${fingerprint}`;
}

/** Keys of the groups with the most failures, and whether there are more of them. */
export function largestGroups(
  rows: readonly ErrorPartRow[],
  limit: number,
): { readonly keys: readonly Key[]; readonly truncated: boolean } {
  const groups = new Map<string, Key & { failures: number }>();
  for (const row of rows) {
    const { functionId, fingerprint } = row;
    const group = groups.get(keyOf(row)) ?? { functionId, fingerprint, failures: 0 };
    groups.set(keyOf(row), group);
    group.failures += row.attempts + row.initFailures;
  }
  const inOrder = [...groups.values()].toSorted(
    (a, b) => b.failures - a.failures || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
  return { keys: inOrder.slice(0, limit), truncated: inOrder.length > limit };
}

/** Joins the rows of the largest groups. */
export function errorGroupsOf(
  range: ResolvedRange,
  { keys, truncated }: ReturnType<typeof largestGroups>,
  parts: readonly ErrorPartRow[],
  groups: readonly ErrorGroupRow[],
  functions: ReadonlyMap<number, FunctionIdentity>,
): ErrorGroups {
  const partsOf = new Map<string, ErrorPartRow[]>();
  for (const part of parts) partsOf.set(keyOf(part), [...(partsOf.get(keyOf(part)) ?? []), part]);
  const rowOf = new Map(groups.map((row) => [keyOf(row), row]));
  const found = keys.flatMap((key) => {
    const row = rowOf.get(keyOf(key));
    const identity = functions.get(key.functionId);
    return row === undefined || identity === undefined
      ? []
      : [groupOf(range, row, partsOf.get(keyOf(key)) ?? [], identity)];
  });
  return { range, groups: found.toSorted(byFailures), truncated };
}

/** Groups of equal size in the order of names, which is that of both stores. */
function byFailures(a: ErrorGroup, b: ErrorGroup): number {
  return (
    b.attempts + b.initFailures - (a.attempts + a.initFailures) ||
    (a.fingerprint < b.fingerprint
      ? -1
      : a.fingerprint > b.fingerprint
        ? 1
        : a.identity.name < b.identity.name
          ? -1
          : 1)
  );
}

/** Those that can decide about a group's state, the newest first. */
export function lastFailures(lasts: readonly LastFailure[]): readonly LastFailure[] {
  const newestMs = lasts.reduce((ms, { lastMs }) => Math.max(ms, lastMs), 0);
  return lasts
    .filter(({ lastMs }) => lastMs >= newestMs - DRAIN_MS)
    .toSorted((a, b) => b.lastMs - a.lastMs || ((a.version ?? '') < (b.version ?? '') ? 1 : -1));
}

function groupOf(
  range: ResolvedRange,
  row: ErrorGroupRow,
  parts: readonly ErrorPartRow[],
  identity: FunctionIdentity,
): ErrorGroup {
  const { fingerprint, firstMs, firstVersion } = row;
  const lasts = lastFailures(row.lasts.map(({ version, lastMs }) => ({ version: orNull(version), lastMs })));
  const [last] = lasts;
  const series = Array.from({ length: Math.ceil((range.toMs - range.fromMs) / range.widthMs) }, () => 0);
  const versions = new Map<string, ErrorPartRow[]>();
  for (const part of parts) {
    series[part.part] = (series[part.part] ?? 0) + part.attempts + part.initFailures;
    versions.set(part.version, [...(versions.get(part.version) ?? []), part]);
  }
  return {
    identity,
    fingerprint,
    title: titleOf(identityOf(row)),
    ...identityOf(row),
    ...sumOf(parts),
    firstMs,
    lastMs: last?.lastMs ?? firstMs,
    firstVersion: orNull(firstVersion),
    lastVersion: last?.version ?? null,
    lasts,
    versions: [...versions]
      .map(([version, mine]) => ({
        version: orNull(version),
        ...sumOf(mine),
        firstMs: Math.min(...mine.map((one) => one.firstMs)),
        lastMs: Math.max(...mine.map((one) => one.lastMs)),
      }))
      .toSorted((a, b) => b.lastMs - a.lastMs || ((a.version ?? '') < (b.version ?? '') ? -1 : 1)),
    series,
  };
}

function identityOf({ kind, errorType, message, frame }: ErrorGroupRow): ErrorIdentity {
  return { kind: ERROR_KINDS.find((one) => one === kind) ?? 'rest', errorType, message, frame };
}

function sumOf(parts: readonly ErrorPartRow[]) {
  const sum = (name: 'attempts' | 'invocations' | 'initFailures'): number =>
    parts.reduce((total, part) => total + part[name], 0);
  return { attempts: sum('attempts'), invocations: sum('invocations'), initFailures: sum('initFailures') };
}

function orNull(version: string): string | null {
  return version === '' ? null : version;
}

/** Collects examples hour by hour, newest first, until each group has enough. */
export class ExampleCollector {
  readonly #wanted: ReadonlySet<string>;
  readonly #limit: number;
  readonly #found = new Map<string, ErrorExample[]>();

  constructor(fingerprints: readonly string[], limit: number) {
    this.#wanted = new Set(fingerprints);
    this.#limit = limit;
  }

  add(failures: readonly ToldFailure[]): void {
    const newestFirst = failures.toSorted(
      (a, b) => b.atMs - a.atMs || ((a.requestId ?? '') < (b.requestId ?? '') ? -1 : 1),
    );
    for (const failure of newestFirst) {
      const fingerprint = fingerprintOf(errorIdentity(failure));
      if (!this.#wanted.has(fingerprint)) continue;
      const mine = this.#found.get(fingerprint) ?? [];
      this.#found.set(fingerprint, mine);
      if (mine.length < this.#limit) mine.push({ ...failure, fingerprint });
    }
  }

  get isComplete(): boolean {
    return [...this.#wanted].every((one) => (this.#found.get(one)?.length ?? 0) >= this.#limit);
  }

  /** Newest first. */
  get examples(): readonly ErrorExample[] {
    return [...this.#found.values()].flat().toSorted((a, b) => b.atMs - a.atMs);
  }
}

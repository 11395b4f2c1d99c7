/** Which blocks of time of two periods are compared: the same hours of the day, and of working days or of weekends. */

import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { Reason } from '../../../ingest/text/reason.ts';
import { reasonOf } from '../../../ingest/text/reason.ts';
import type { Block, Period } from './period.ts';

export interface Controls {
  /** Blocks are compared with those of the same stratum. */
  readonly stratumOf: (block: Pick<Block, 'atMs'>) => number;
  readonly before: readonly Block[];
  readonly after: readonly Block[];
  /** Share of the later period's invocations in hours of the day that the earlier period has too. */
  readonly matched: number;
}

const HOURS = 24;
const ONE_STRATUM = (): number => 0;

function hourOf({ atMs }: Pick<Block, 'atMs'>): number {
  return Math.floor(atMs / HOUR_MS) % HOURS;
}

/** Hour of the day, with weekends apart. */
function hourOfKindOf(block: Pick<Block, 'atMs'>): number {
  // 1970-01-01 was a Thursday.
  const weekday = (Math.floor(block.atMs / DAY_MS) + 4) % 7;
  return hourOf(block) + (weekday === 0 || weekday === 6 ? HOURS : 0);
}

/** Of blocks of a day or more, all hours are in every block. */
function strataOf({ blockMs }: Period): readonly Controls['stratumOf'][] {
  return blockMs >= DAY_MS ? [ONE_STRATUM] : [hourOfKindOf, hourOf];
}

/**
 * Blocks of the later period whose hour occurs in the earlier one, and those of the earlier one that they are compared with.
 * Weekends are kept apart where that leaves nothing out.
 */
export function matchHours(before: Period, after: Period): Controls {
  const [first, ...more] = strataOf(after).map((stratumOf) => matchedBy(stratumOf, before, after));
  const all = first === undefined ? more : [first, ...more];
  const most = Math.max(...all.map(({ matched }) => matched));
  return (
    all.find(({ matched }) => matched >= ALMOST_ALL * most) ?? { ...uncontrolled(before, after), before: [], after: [] }
  );
}

const ALMOST_ALL = 0.9;

function matchedBy(stratumOf: Controls['stratumOf'], before: Period, after: Period): Controls {
  const known = new Set(before.blocks.filter(({ n }) => n > 0).map(stratumOf));
  const same = after.blocks.filter((block) => block.n > 0 && known.has(stratumOf(block)));
  const wanted = new Set(same.map(stratumOf));
  const n = after.blocks.reduce((sum, block) => sum + block.n, 0);
  return {
    stratumOf,
    before: before.blocks.filter((block) => block.n > 0 && wanted.has(stratumOf(block))),
    after: same,
    matched: n === 0 ? 0 : same.reduce((sum, block) => sum + block.n, 0) / n,
  };
}

/** How many hours since a change can be compared, where they are too few; null where others decide. */
export function hoursMissing({ after }: Controls, before: Period): { compared: number; required: number } | null {
  return before.n === 0 || after.length >= FEWEST_HOURS ? null : { compared: after.length, required: FEWEST_HOURS };
}

/** All blocks, whatever their hours. */
export function uncontrolled(before: Period, after: Period): Controls {
  const some = ({ blocks }: Period) => blocks.filter(({ n }) => n > 0);
  return { stratumOf: ONE_STRATUM, before: some(before), after: some(after), matched: 0 };
}

/** Fewer hours since a change say nothing about how hours differ. */
const FEWEST_HOURS = 3;

/** Why a change cannot be compared with the same hours of earlier days; null if it can. */
export function tooEarly({ after }: Controls, before: Period): Reason | null {
  if (before.n === 0) return reasonOf('change-nothing-before');
  if (after.length >= FEWEST_HOURS) return null;
  return reasonOf('change-too-early', { compared: after.length, required: FEWEST_HOURS });
}

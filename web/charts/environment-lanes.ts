/** Where environments are drawn, and how busy each part of a drawing is. */
import type { EnvironmentsAnswer } from '../../server/http/contract/functions.ts';

export type Environment = EnvironmentsAnswer['items'][number];

export interface Placed {
  readonly environment: Environment;
  /** Row from the top: the lowest that is free. An environment that ended leaves its row to a later one. */
  readonly lane: number;
  /** Begin of its init, or its first line. */
  readonly startMs: number;
  readonly endMs: number;
}

/** Gives each environment a row, in the order of their starts; between two in a row there are at least `gapMs`. */
export function placed(environments: readonly Environment[], gapMs: number): readonly Placed[] {
  const ends: number[] = [];
  return environments
    .map((environment) => ({ environment, ...extentOf(environment) }))
    .toSorted((a, b) => a.startMs - b.startMs)
    .map((one) => {
      const free = ends.findIndex((endMs) => endMs + gapMs <= one.startMs);
      const lane = free === -1 ? ends.length : free;
      ends[lane] = one.endMs;
      return { ...one, lane };
    });
}

/** The environment `step` places after the chosen one; the first where none is chosen, or the chosen one is not there any more. */
export function steppedFrom(rows: readonly Placed[], chosen: number | null, step: number): Placed | undefined {
  const at = rows.findIndex(({ environment }) => environment.id === chosen);
  return rows[at === -1 ? 0 : Math.max(0, Math.min(rows.length - 1, at + step))];
}

function extentOf({ firstSeenAt, lastSeenAt, runs }: Environment): Pick<Placed, 'startMs' | 'endMs'> {
  const [first] = runs;
  const begin = first === undefined ? Number.POSITIVE_INFINITY : first.startMs - (first.initMs ?? 0);
  const end = runs.reduce((last, run) => Math.max(last, run.endMs), Date.parse(lastSeenAt));
  return { startMs: Math.min(Date.parse(firstSeenAt), begin), endMs: end };
}

export interface Cell {
  /** Place among the parts of the range. */
  readonly at: number;
  /** Share of the part in which an invocation ran, from 0 to 1. */
  readonly busy: number;
  readonly hasInit: boolean;
  readonly hasFailure: boolean;
}

/** The parts of `cellMs` after `fromMs` in which something of the environment ran, in order. */
export function cellsOf({ runs }: Environment, fromMs: number, cellMs: number, cells: number): readonly Cell[] {
  const found = new Map<number, { at: number; busyMs: number; hasInit: boolean; hasFailure: boolean }>();
  const cellAt = (at: number) => {
    const cell = found.get(at) ?? { at, busyMs: 0, hasInit: false, hasFailure: false };
    found.set(at, cell);
    return cell;
  };
  const placeOf = (ms: number): number => Math.floor((ms - fromMs) / cellMs);
  for (const { startMs, endMs, initMs, status } of runs) {
    const last = Math.min(cells - 1, placeOf(endMs));
    for (let at = Math.max(0, placeOf(startMs)); at <= last; at += 1) {
      const beginMs = fromMs + at * cellMs;
      const cell = cellAt(at);
      cell.busyMs += Math.max(0, Math.min(endMs, beginMs + cellMs) - Math.max(startMs, beginMs));
      if (status !== 'success' && at === last) cell.hasFailure = true;
    }
    if (initMs === null) continue;
    const lastOfInit = Math.min(cells - 1, placeOf(startMs));
    for (let at = Math.max(0, placeOf(startMs - initMs)); at <= lastOfInit; at += 1) cellAt(at).hasInit = true;
  }
  return [...found.values()]
    .toSorted((a, b) => a.at - b.at)
    .map(({ busyMs, ...cell }) => ({ ...cell, busy: Math.min(1, busyMs / cellMs) }));
}

/** Share of its life in which an environment ran something, from 0 to 1; null for a life without length. */
export function busyShare({ environment, startMs, endMs }: Placed): number | null {
  if (endMs <= startMs) return null;
  const busyMs = environment.runs.reduce((sum, run) => sum + run.endMs - run.startMs, 0);
  return Math.min(1, busyMs / (endMs - startMs));
}

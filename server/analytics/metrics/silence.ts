/**
 * Decides whether a function that logs nothing has stopped, or rests as it does every night or weekend. Hours are not
 * independent: whole days of rest explain most long silences. So the probability has two levels: whether the function works
 * on such a day at all, and in which hours of the days on which it works.
 */
import { HOUR_MS } from '../../../ingest/records/time.ts';

/** Hours with invocations on one day, UTC. */
export interface ActiveDay {
  /** Days since 1 January 1970. */
  readonly day: number;
  /** Bit h is set if there were invocations in the hour that starts at h:00. */
  readonly hours: number;
}

/** A silence is reported if its probability is below this. */
const IMPROBABLE = 0.001;
/** Fewer hours of record show no rhythm. */
const SHORTEST_RECORD_H = 24;
/** Chance of rest on a weekday that the record does not contain yet. */
const UNKNOWN_WEEKDAY = 0.5;

/** Returns whether the silence since the last active hour is improbable, given the rhythm of the days before. */
export function isQuiet(activity: readonly ActiveDay[], nowMs: number): boolean {
  return (silenceProbability(activity, nowMs) ?? 1) < IMPROBABLE;
}

/**
 * Returns the probability that a function with this record is silent from its last active hour until now, if it has not
 * stopped. Null if the record is shorter than a day, or if no whole hour was silent.
 */
export function silenceProbability(activity: readonly ActiveDay[], nowMs: number): number | null {
  const active = activeHours(activity);
  const [first, last] = [active[0], active.at(-1)];
  const now = Math.floor(nowMs / HOUR_MS);
  if (first === undefined || last === undefined || now - last < 2 || last - first < SHORTEST_RECORD_H - 1) return null;
  const rhythm = rhythmOf(active, dayStart(active));
  let probability = 1;
  for (let hour = last + 1; hour < now; ) {
    const day = rhythm.dayOf(hour);
    let silent = 1;
    for (; hour < now && rhythm.dayOf(hour) === day; hour += 1) silent *= 1 - rhythm.works(hour);
    const rest = day === rhythm.dayOf(last) ? 0 : rhythm.rests(day);
    probability *= rest + (1 - rest) * silent;
  }
  return probability;
}

/** Hours since 1 January 1970 with invocations, in order. */
function activeHours(activity: readonly ActiveDay[]): readonly number[] {
  return activity
    .toSorted((a, b) => a.day - b.day)
    .flatMap(({ day, hours }) =>
      Array.from({ length: 24 }, (_, hour) => hour)
        .filter((hour) => (hours >> hour) & 1)
        .map((hour) => day * 24 + hour),
    );
}

/** Hour of the day, UTC, around which the function is least active: its own midnight, in whatever time zone it works. */
function dayStart(active: readonly number[]): number {
  const counts = new Array<number>(24).fill(0);
  for (const hour of active) counts[hour % 24] = (counts[hour % 24] ?? 0) + 1;
  const around = (hour: number): number =>
    [-3, -2, -1, 0, 1, 2].reduce((sum, by) => sum + (counts[(hour + by + 24) % 24] ?? 0), 0);
  return counts.reduce((best, _, hour) => (around(hour) < around(best) ? hour : best), 0);
}

interface Rhythm {
  /** Number of the day that an hour belongs to. */
  dayOf(hour: number): number;
  /** Probability that a day passes without any invocation. */
  rests(day: number): number;
  /** Probability that there are invocations in an hour of a day on which the function works. */
  works(hour: number): number;
}

/** Counts of a weekday, or of an hour of it. */
interface Tally {
  n: number;
  hits: number;
}

function rhythmOf(active: readonly number[], start: number): Rhythm {
  const dayOf = (hour: number): number => Math.floor((hour - start) / 24);
  const hourOf = (hour: number): number => (hour - start + 24) % 24;
  const [first, last] = [active[0] ?? 0, active.at(-1) ?? 0];
  const isActive = new Set(active);
  const workdays = new Set(active.map(dayOf));
  const byHour = tallies(24);
  const byHourOfWeek = tallies(7 * 24);
  for (let hour = first; hour <= last; hour += 1) {
    if (!workdays.has(dayOf(hour))) continue;
    add(byHour[hourOf(hour)], isActive.has(hour));
    add(byHourOfWeek[(dayOf(hour) % 7) * 24 + hourOf(hour)], isActive.has(hour));
  }
  const allDays: Tally = { n: 0, hits: 0 };
  const byWeekday = tallies(7);
  for (let day = dayOf(first); day <= dayOf(last); day += 1) {
    add(allDays, !workdays.has(day));
    add(byWeekday[day % 7], !workdays.has(day));
  }
  return {
    dayOf,
    rests: (day) => {
      const { n, hits } = byWeekday[day % 7] ?? allDays;
      if (n === 0) return Math.max(UNKNOWN_WEEKDAY, allDays.hits / allDays.n);
      return towards(hits, n, allDays.hits / allDays.n);
    },
    works: (hour) => {
      const everyDay = byHour[hourOf(hour)] ?? { n: 0, hits: 0 };
      const { n, hits } = byHourOfWeek[(dayOf(hour) % 7) * 24 + hourOf(hour)] ?? everyDay;
      return towards(hits, n, (everyDay.hits + 1) / (everyDay.n + 2));
    },
  };
}

function tallies(count: number): readonly Tally[] {
  return Array.from({ length: count }, () => ({ n: 0, hits: 0 }));
}

function add(tally: Tally | undefined, isHit: boolean): void {
  if (tally === undefined) return;
  tally.n += 1;
  if (isHit) tally.hits += 1;
}

/** The share of few observations, drawn towards that of many with the weight of one observation (beta-binomial mean). */
function towards(hits: number, n: number, share: number): number {
  return (hits + share) / (n + 1);
}

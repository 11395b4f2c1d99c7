/** Functions that rest at night or at the weekend have not gone quiet; one that stopped in the middle of its day has. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { getJson } from '../../accuracy/subject.ts';
import { poissonArrivals } from '../lambda/arrivals.ts';
import type { FunctionPlan } from '../lambda/plan.ts';
import { seeded } from '../lambda/random.ts';
import type { Scenario } from '../scenario.ts';
import { sendSimulated } from '../send.ts';
import { planOf, requestsAt } from './common.ts';

/** Two weeks from a Monday; evaluated on the following Saturday and on the Thursday before. */
const FROM_MS = Date.UTC(2026, 10, 2);
const TO_MS = FROM_MS + 19 * DAY_MS;
const SATURDAY_MS = FROM_MS + 19 * DAY_MS - 9 * HOUR_MS;
const NIGHT_MS = FROM_MS + 17 * DAY_MS + 3 * HOUR_MS;
const AFTERNOON_MS = FROM_MS + 17 * DAY_MS + 15 * HOUR_MS;
const STOPPED_MS = FROM_MS + 17 * DAY_MS + 9 * HOUR_MS + 30 * MINUTE_MS;

interface Rest {
  readonly name: string;
  readonly works: (hourOfDay: number, weekday: number) => boolean;
  readonly stopsMs: number;
}

const weekdays = (weekday: number) => weekday >= 1 && weekday <= 5;

const RESTS: readonly Rest[] = [
  { name: 'office-hours', works: (hour, weekday) => weekdays(weekday) && hour >= 8 && hour < 18, stopsMs: TO_MS },
  { name: 'weekdays', works: (_, weekday) => weekdays(weekday), stopsMs: TO_MS },
  { name: 'by-day', works: (hour) => hour >= 6 && hour < 22, stopsMs: TO_MS },
  { name: 'always', works: () => true, stopsMs: TO_MS },
  { name: 'nightly', works: (hour) => hour === 2, stopsMs: TO_MS },
  {
    name: 'stopped-office',
    works: (hour, weekday) => weekdays(weekday) && hour >= 8 && hour < 18,
    stopsMs: STOPPED_MS,
  },
  { name: 'stopped-always', works: () => true, stopsMs: STOPPED_MS },
];

export const quietScenario: Scenario = {
  name: 'quiet',
  title: 'Gone quiet',
  async run(stage, seed, notes, scale) {
    for (const nowMs of [NIGHT_MS, AFTERNOON_MS, SATURDAY_MS]) {
      const clock = { nowMs };
      await stage(clock, async (subject) => {
        await sendSimulated(
          subject,
          RESTS.map((rest) => planFor(rest, seed, nowMs, scale)),
        );
        const answer = await getJson<{ coverageReasons: readonly Reason[] }>(subject, '/api/v1/ingest/status');
        const quiet = answer.coverageReasons.find(({ kind }) => kind === 'gone-quiet');
        for (const { name, stopsMs } of RESTS) {
          const called = quiet?.examples.includes(name) ?? false;
          if (stopsMs >= nowMs) notes.note('resting called quiet', called);
          else if (nowMs === AFTERNOON_MS) notes.note('stopped found', called);
        }
      });
    }
  },
  rows: [
    { kind: 'rare', note: 'resting called quiet', what: 'a function at rest is called quiet', atMost: 0.02 },
    { kind: 'share', note: 'stopped found', what: 'stopped in the morning, found in the afternoon', atLeast: 0.95 },
  ],
};

interface Reason {
  readonly kind: string;
  readonly examples: readonly string[];
}

function planFor({ name, works, stopsMs }: Rest, seed: number, nowMs: number, scale: number): FunctionPlan {
  const random = seeded(`quiet/${seed}/${name}`);
  const span = { fromMs: FROM_MS, toMs: Math.min(stopsMs, nowMs) };
  const open = {
    at: (ms: number) => {
      const time = new Date(ms);
      return works(time.getUTCHours(), time.getUTCDay()) ? 1 : 0;
    },
  };
  const times = poissonArrivals(6 * Math.max(scale, 0.5), open, span, random.fork('arrivals'));
  return planOf({ name, seed: `quiet/${seed}`, requests: requestsAt(times) });
}

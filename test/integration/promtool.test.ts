/** Compares the state machine of alerts with Prometheus's (promtool): same timelines, same firing set at each tick. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SeriesState } from '../../server/alerts/evaluate/transition.ts';
import { INACTIVE, step } from '../../server/alerts/evaluate/transition.ts';
import { removeFolder, temporaryFolder } from '../support/product.ts';

const promtool = process.env['PROMTOOL_PATH'] ?? '/usr/bin/promtool';
const MINUTE = 60_000;
const TIMELINES = 500;

interface Timeline {
  readonly forMinutes: number;
  readonly keepMinutes: number;
  readonly values: readonly number[];
}

/** Runs our state machine. Returns for each tick whether the alert fires. */
function firing({ forMinutes, keepMinutes, values }: Timeline): boolean[] {
  let state: SeriesState = INACTIVE;
  const timing = { forMs: forMinutes * MINUTE, keepFiringForMs: keepMinutes * MINUTE, noData: 'missing' as const };
  return values.map((value, tick) => {
    state = step(state, value > 1 ? 'true' : 'false', tick * MINUTE, timing).state;
    return state.phase === 'firing';
  });
}

const nameOf = ({ forMinutes, keepMinutes }: Timeline): string => `For${forMinutes}Keep${keepMinutes}`;

/** Rule file and test file for promtool, with an expectation for each tick. JSON is valid YAML. */
function files(timelines: readonly Timeline[], expected: readonly (readonly boolean[])[]) {
  const names = [...new Set(timelines.map(nameOf))];
  const rules = names.map((alert) => {
    const [, held, keep] = /For(\d+)Keep(\d+)/.exec(alert) ?? [];
    return { alert, expr: `value{rule="${alert}"} > 1`, for: `${held}m`, keep_firing_for: `${keep}m` };
  });
  const ticks = Math.max(...timelines.map((timeline) => timeline.values.length));
  const input_series = timelines.map((timeline, id) => ({
    series: `value{rule="${nameOf(timeline)}",id="${id}"}`,
    values: timeline.values.join(' '),
  }));
  const alert_rule_test = names.flatMap((alertname) =>
    Array.from({ length: ticks }, (_, tick) => ({
      eval_time: `${tick}m`,
      alertname,
      exp_alerts: timelines.flatMap((timeline, id) =>
        nameOf(timeline) === alertname && expected[id]?.[tick] === true
          ? [{ exp_labels: { rule: alertname, id: String(id) } }]
          : [],
      ),
    })),
  );
  return {
    rules: { groups: [{ name: 'all', interval: '1m', rules }] },
    tests: {
      rule_files: ['rules.yaml'],
      evaluation_interval: '1m',
      tests: [{ interval: '1m', input_series, alert_rule_test }],
    },
  };
}

function agrees(timelines: readonly Timeline[], expected: readonly (readonly boolean[])[]): string {
  const folder = temporaryFolder();
  const { rules, tests } = files(timelines, expected);
  writeFileSync(join(folder, 'rules.yaml'), JSON.stringify(rules));
  writeFileSync(join(folder, 'tests.yaml'), JSON.stringify(tests));
  try {
    return execFileSync(promtool, ['test', 'rules', 'tests.yaml'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return String((error as { stderr?: string }).stderr ?? error).slice(0, 4000);
  } finally {
    removeFolder(folder);
  }
}

// Runs of equal values, so that states are entered, kept and left.
const values = fc
  .array(fc.tuple(fc.constantFrom(0, 2), fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 8 })
  .map((runs) => runs.flatMap(([value, length]) => new Array<number>(length).fill(value)))
  .map((all) => [...all, ...new Array<number>(Math.max(0, 30 - all.length)).fill(0)].slice(0, 30));
const timeline = fc.record({
  forMinutes: fc.integer({ min: 0, max: 4 }),
  keepMinutes: fc.integer({ min: 0, max: 4 }),
  values,
});

test(`${TIMELINES} timelines fire as in promtool`, () => {
  const timelines = fc.sample(timeline, { numRuns: TIMELINES, seed: 7 });
  const expected = timelines.map(firing);
  expect(expected.flat().filter(Boolean).length).toBeGreaterThan(1000);
  expect(agrees(timelines, expected)).toContain('SUCCESS');
  // Proves that the comparison can fail: inverts one tick.
  const wrong = expected.map((ticks, id) =>
    id === 17 ? ticks.map((fires, tick) => (tick === 9 ? !fires : fires)) : ticks,
  );
  expect(agrees(timelines, wrong)).toContain('FAILED');
});

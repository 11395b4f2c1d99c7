/** What a change did to a function, in one line. */
import { comparedChange } from '../../../ingest/text/compared-text.ts';
import type { ComparedMetric, Difference, Verdict } from '../../analytics/compare/verdict.ts';
import type { ChangesAnswer } from '../contract/changes.ts';

type ChangeItem = ChangesAnswer['items'][number];
type Compared = Pick<Difference, 'metric' | 'unit' | 'change' | 'p' | 'verdict'>;

const NAMES: Readonly<Record<ComparedMetric, string>> = {
  p95: 'p95',
  errorRate: 'errors',
  coldStartRate: 'cold starts',
  initP50: 'init',
  costPer1k: 'cost',
  p50: 'p50',
  p99: 'p99',
};
const ORDER: readonly ComparedMetric[] = [
  ...(['p95', 'p50', 'p99', 'errorRate', 'coldStartRate', 'initP50', 'costPer1k'] as const),
];
/** Listed also when they did not change. */
const ALWAYS: ReadonlySet<ComparedMetric> = new Set(['p95', 'costPer1k']);
/** As in the verdicts. */
const SIGNIFICANT = 0.05;

/**
 * `p95 unchanged (+15 %, not significant), errors +1.2 points, cost -8.0 %`. Names each metric that changed; p95 and cost always.
 * `reason` says why there is no verdict, `hours` how many can be compared where that is why; both null if there is one.
 */
export function changeEffect(
  differences: readonly Compared[],
  verdict: Verdict,
  { reason, hours }: { readonly reason: string | null; readonly hours: ChangeItem['hours'] },
): string {
  if (hours !== null) return `Not enough data yet: ${hours.compared} of ${hours.required} comparable hours`;
  if (reason !== null) return `Not enough data yet, because ${withoutCapital(reason)}`;
  const parts = ORDER.flatMap((metric) => {
    const found = differences.find((one) => one.metric === metric);
    return found === undefined ? [] : partOf(found);
  });
  if (verdict === 'insufficient-data' && parts.every((part) => part.endsWith(TOO_FEW)))
    return 'Not enough data yet, because too few invocations ran before or after it';
  return parts.join(', ');
}

const TOO_FEW = 'not enough data';

function partOf({ metric, unit, change, p, verdict }: Compared): string[] {
  const name = NAMES[metric];
  if (verdict === 'worse' || verdict === 'improved') return [`${name} ${comparedChange(change ?? 0, unit)}`];
  if (!ALWAYS.has(metric)) return [];
  if (verdict === 'insufficient-data' || change === null) return [`${name}: ${TOO_FEW}`];
  if (Math.abs(change) < NOTHING) return [`${name} unchanged`];
  const why = (p ?? 1) > SIGNIFICANT ? 'not significant' : 'too little to matter';
  return [`${name} unchanged (${comparedChange(change, unit)}, ${why})`];
}

/** Relative changes below this are not stated. */
const NOTHING = 0.0005;

function withoutCapital(sentence: string): string {
  const rest = sentence.replace(/\.$/, '');
  return rest.charAt(0).toLowerCase() + rest.slice(1);
}

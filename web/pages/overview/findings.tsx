/** What to look at first: what hurts now, then what would be cheaper. */

import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import type { QueryResult } from '../../api/use-query.ts';
import { useQuery } from '../../api/use-query.ts';
import { plural, usd } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';

const SEVERITY = { high: ['bad', 'now'], medium: ['warm', 'soon'], low: ['', 'look'] } as const;
const TABS: Readonly<Record<string, string>> = { 'cold-starts': 'cold-starts', memory: 'memory' };
/** Sizes are judged by days, not hours. */
const MEMORY_MS = 14 * DAY_MS;

interface Line {
  readonly functionId: string;
  readonly kind: string;
  readonly severity: keyof typeof SEVERITY;
  readonly sentence: string;
}

/** Asked beside the overview itself, so that the list is drawn once. */
export function useRecommendations(): QueryResult<RecommendationsAnswer> {
  const { query } = useView();
  const range = rangeOf(query);
  // To the hour: the address of the question must not change with each drawing, or it would be asked without end.
  const toHourMs = Math.floor(toMs(range.to, Date.now()) / HOUR_MS) * HOUR_MS;
  const from = range.to === 'now' ? 'now-14d' : String(toHourMs - MEMORY_MS);
  return useQuery('listRecommendations', { query: { from, to: range.to } });
}

export function Findings({
  data,
  advice,
}: {
  readonly data: OverviewAnswer;
  readonly advice: QueryResult<RecommendationsAnswer>;
}) {
  const lines: readonly Line[] = [...data.findings, ...(advice.data?.items ?? []).map(lineOf)].toSorted(
    (a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity),
  );
  return (
    <section class="panel" aria-label="What to look at first">
      <div class="head">
        <h2>What to look at first</h2>
      </div>
      {lines.length === 0 ? (
        <p class="soft">Nothing stands out: no timeouts, no memory kills, no rate that is surely above 1 %.</p>
      ) : (
        <ol class="findings">
          {lines.map((line) => (
            <li>
              <span class={`badge ${SEVERITY[line.severity][0]}`}>{SEVERITY[line.severity][1]}</span>
              <a
                href={hrefTo(`/functions/${encodeURIComponent(line.functionId)}`, {
                  tab: TABS[line.kind] ?? 'failures',
                })}
              >
                {line.sentence}
              </a>
            </li>
          ))}
        </ol>
      )}
      <p class="soft small">{adviceNote(advice.data, advice.error?.message ?? null)}</p>
    </section>
  );
}

const ORDER: readonly Line['severity'][] = ['high', 'medium', 'low'];

function lineOf(item: RecommendationsAnswer['items'][number]): Line {
  const { value, low, high } = item.monthlySavingUsd;
  return {
    functionId: item.function.id,
    kind: 'memory',
    severity: 'low',
    sentence: `${item.sentence}: ${usd(value)} a month (${usd(low)} to ${usd(high)})`,
  };
}

/** What was looked at, so that silence about a function is not taken for praise. */
function adviceNote(data: RecommendationsAnswer | null, error: string | null): string {
  if (error !== null) return `Memory sizes could not be looked at: ${error}.`;
  if (data === null) return 'Looking at memory sizes …';
  const undecided = data.undecided === 0 ? '' : `, ${data.undecided} of them undecided for want of evidence`;
  return `Memory sizes of the ${plural(data.looked, 'function')} that cost most were looked at over 14 days${undecided}.`;
}

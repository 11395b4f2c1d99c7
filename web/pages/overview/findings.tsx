import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import { plural, usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import type { QueryResult } from '../../api/use-query.ts';
import { useQuery } from '../../api/use-query.ts';
import { hrefTo } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';

const SEVERITY = { high: ['bad', 'high'], medium: ['warm', 'medium'], low: ['', 'low'] } as const;
const TABS: Readonly<Record<string, string>> = {
  'cold-starts': 'cold-starts',
  memory: 'memory',
  throttles: 'metrics',
  'provisioned-concurrency': 'metrics',
  'dropped-events': 'metrics',
  'dead-letters': 'metrics',
  destinations: 'metrics',
  'iterator-age': 'metrics',
  'async-event-age': 'metrics',
};
/** Recommending a memory size needs days of data, whatever the page's range. */
const MEMORY_RANGE_MS = 14 * DAY_MS;

interface Finding {
  readonly functionId: string;
  readonly kind: string;
  readonly severity: keyof typeof SEVERITY;
  readonly sentence: string;
}

/** Recommendations of memory sizes, over 14 days up to the end of the page's range. */
export function useRecommendations(): QueryResult<RecommendationsAnswer> {
  const { query } = useView();
  const range = rangeOf(query);
  // Rounded to the hour: a request that differs at each render would be sent without end.
  const toHourMs = Math.floor(toMs(range.to, Date.now()) / HOUR_MS) * HOUR_MS;
  const from = range.to === 'now' ? 'now-14d' : String(toHourMs - MEMORY_RANGE_MS);
  return useQuery('listRecommendations', { query: { from, to: range.to } });
}

export function Findings({
  data,
  recommendations,
}: {
  readonly data: OverviewAnswer;
  readonly recommendations: QueryResult<RecommendationsAnswer>;
}) {
  const findings: readonly Finding[] = [
    ...data.findings,
    ...(recommendations.data?.items ?? []).map(findingOf),
  ].toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <section class="panel" aria-label="Findings">
      <div class="head">
        <h2>Findings</h2>
      </div>
      {findings.length === 0 ? (
        <p class="soft">
          No findings: no timeouts, no out-of-memory kills, no error or cold-start rate above 1 % with 95 % confidence.
        </p>
      ) : (
        <ol class="findings">
          {findings.map((finding) => (
            <li>
              <span class={`badge ${SEVERITY[finding.severity][0]}`}>{SEVERITY[finding.severity][1]}</span>
              <a
                href={hrefTo(`/functions/${encodeURIComponent(finding.functionId)}`, {
                  tab: TABS[finding.kind] ?? 'failures',
                })}
              >
                {finding.sentence}
              </a>
            </li>
          ))}
        </ol>
      )}
      <p class="soft small">{recommendationsNote(recommendations.data, recommendations.error?.message ?? null)}</p>
    </section>
  );
}

const ORDER: readonly Finding['severity'][] = ['high', 'medium', 'low'];

function findingOf(item: RecommendationsAnswer['items'][number]): Finding {
  const saving = item.monthlySavingUsd;
  const amount = saving === null ? '' : `: ${usd(saving.value)} a month (${usd(saving.low)} to ${usd(saving.high)})`;
  return {
    functionId: item.function.id,
    kind: 'memory',
    severity: saving === null ? 'high' : 'low',
    sentence: `${item.sentence}${amount}`,
  };
}

/** Says which functions were analysed: no recommendation does not mean that a size is right. */
function recommendationsNote(data: RecommendationsAnswer | null, error: string | null): string {
  if (error !== null) return `Failed to load memory recommendations: ${error}.`;
  if (data === null) return 'Loading memory recommendations …';
  const undecided = data.undecided === 0 ? '' : `; ${data.undecided} of them inconclusive`;
  return `Memory sizes analysed over 14 days for the ${plural(data.looked, 'most expensive function')}${undecided}.`;
}

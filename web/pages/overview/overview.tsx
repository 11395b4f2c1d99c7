import { usd } from '../../../ingest/text/quantities.ts';
import type { MonthCostAnswer } from '../../../server/http/contract/month-cost.ts';
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { RecommendationsAnswer } from '../../../server/http/contract/recommendations.ts';
import type { QueryResult } from '../../api/use-query.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge } from '../../components/badges.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import { WithoutStream } from '../../components/without-stream.tsx';
import { count, seconds } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';
import { localZone } from '../../state/zone.ts';
import { Attention, useRecommendations } from './attention.tsx';
import { ColdChart, InvocationsChart } from './charts.tsx';
import { Tiles } from './tiles.tsx';

/** Fleet health at a glance: what needs attention, totals, invocations and cold starts over time, top functions. */
export function Overview() {
  const view = useView();
  const answer = useQuery('getOverview', { query: { ...view.rangeQuery, ...view.filters, previous: 'true' } });
  const data = answer.data;
  const recommendations = useRecommendations();
  const timeZone = view.zone === 'utc' ? 'UTC' : view.zone === 'local' ? localZone() : view.zone;
  const month = useQuery('getMonthCost', { query: { timeZone, ...view.filters } });
  return (
    <>
      <div class="title">
        <h1>{t('Overview')}</h1>
        {data?.top.invocations.some((row) => row.id.startsWith('000000000000:')) && <SimulatedBadge />}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('the overview')} shapes={{ tiles: 6, panels: 2 }} />
      {data !== null && data.invocations === 0 && <NoDataState what={t('[missing] invocations')} />}
      {data !== null && data.invocations > 0 && (
        <OverviewContent data={data} recommendations={recommendations} month={month.data} source={answer.source} />
      )}
    </>
  );
}

function OverviewContent({
  data,
  recommendations,
  month,
  source,
}: {
  readonly data: OverviewAnswer;
  readonly recommendations: QueryResult<RecommendationsAnswer>;
  readonly month: MonthCostAnswer | null;
  readonly source: string;
}) {
  const markers = useMarkers(null);
  return (
    <>
      <Tiles data={data} month={month} />
      <Attention data={data} recommendations={recommendations} />
      <div class="two">
        <InvocationsChart data={data} source={source} markers={markers} />
        <ColdChart data={data} source={source} markers={markers} />
      </div>
      <div class="two">
        <TopFunctions title={t('Most cold-start time')} rows={data.top.coldStartSeconds} format={seconds} />
        <TopFunctions title={t('Most expensive')} rows={data.top.costUsd} format={usd} />
      </div>
      <PriceAssumptions of={data} />
      <UnknownErrors rate={data.errorRate} />
      {data.costReason !== null && (
        <p class="soft small" role="note">
          {t('Cost: {reason}.', { reason: reasonText(data.costReason, data.costReasonCode) })}
        </p>
      )}
      <WithoutStream found={data.withoutStream} />
    </>
  );
}

function TopFunctions({
  title,
  rows,
  format,
}: {
  readonly title: string;
  readonly rows: OverviewAnswer['top']['invocations'];
  readonly format: (value: number) => string;
}) {
  return (
    <section class="panel" aria-label={title}>
      <div class="head">
        <h2>{title}</h2>
      </div>
      {rows.length === 0 ? (
        <p class="soft">{t('None in this time range.')}</p>
      ) : (
        <table>
          <tbody>
            {rows.map((row) => (
              <tr>
                <td>
                  <a href={hrefTo(`/functions/${encodeURIComponent(row.id)}`)}>{row.name}</a>
                </td>
                <td class="number">{format(row.value)}</td>
                <td class="number soft">n={count(row.n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

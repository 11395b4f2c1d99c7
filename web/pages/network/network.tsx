import type { FleetNetworkAnswer } from '../../../server/http/contract/network.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EniEvents } from '../../components/eni-events.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, duration, interval, percent, time, visible } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

/** Functions in a VPC compared with the others, network-interface events, subnets. */
export function Network() {
  const view = useView();
  const answer = useQuery('getFleetNetwork', { query: { ...view.rangeQuery, ...view.filters } });
  const data = answer.data;
  const empty = data !== null && data.vpc.functions + data.other.functions + data.unknown.functions === 0;
  return (
    <>
      <div class="title">
        <h1>{t('Network')}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('network data')} shapes={{ tiles: 4, panels: 2 }} />
      {empty && <NoDataState what={t('functions')} />}
      {data !== null && !empty && (
        <>
          {data.reason !== null && <p class="panel">{reasonText(data.reason, data.reasonCode)}</p>}
          <VpcComparison data={data} />
          {data.series.length > 0 && <Events data={data} source={answer.source} />}
          <div class="two from-wide">
            <EniEvents events={data.eniEvents} />
            <Subnets data={data} />
          </div>
        </>
      )}
    </>
  );
}

function VpcComparison({ data }: { readonly data: FleetNetworkAnswer }) {
  const rows = [
    [t('In a VPC'), data.vpc],
    [t('Not in a VPC'), data.other],
    [t('[network] Unknown'), data.unknown],
  ] as const;
  return (
    <Section title={t('VPC comparison')}>
      <DataTable
        label={t('VPC comparison')}
        columns={[
          { title: '' },
          { title: t('Functions'), number: true },
          { title: t('Invocations'), number: true },
          { title: t('Cold starts'), number: true },
          { title: t('Init p50 / p95'), number: true },
        ]}
        rows={rows.map(([label, side]) => [
          label,
          count(side.functions),
          count(side.invocations),
          <>
            {percent(side.coldStartRate.value)}
            <span class="interval">{interval(side.coldStartRate)}</span>
          </>,
          <>
            {duration(side.initMs.p50)} / {duration(side.initMs.p95)}
            <span class="interval">n={count(side.initMs.n)}</span>
          </>,
        ])}
      />
      <p class="soft small">
        {t(
          'Lambda attaches the network before init, so these figures do not include it. See the Network tab of a function with traces.',
        )}
      </p>
    </Section>
  );
}

function Events({ data, source }: { readonly data: FleetNetworkAnswer; readonly source: string }) {
  const markers = useMarkers(null);
  const points = (key: 'created' | 'deleted' | 'failed') =>
    data.series.map((row) => ({ x: Date.parse(row.at), y: row[key] }));
  const failed = data.series.reduce((sum, row) => sum + row.failed, 0);
  return (
    <TimeSeriesPanel
      title={t('Network-interface events')}
      description={t(
        'Interfaces created and deleted by Lambda, from CloudTrail; {n, plural, one {# request} other {# requests}} failed.',
        { n: failed },
      )}
      table={{
        columns: ['at', 'created', 'deleted', 'failed'],
        rows: data.series.map((row) => [row.at, row.created, row.deleted, row.failed]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      stacked
      yTitle={t('[axis] events')}
      formatY={count}
      series={[
        { label: t('[interfaces] created'), colour: 'chart-1', points: points('created') },
        { label: t('[interfaces] deleted'), colour: 'grey', points: points('deleted') },
        { label: t('failed'), colour: 'chart-bad', points: points('failed') },
      ]}
    />
  );
}

function Subnets({ data }: { readonly data: FleetNetworkAnswer }) {
  const { zone } = useView();
  return (
    <Section title={t('Subnets')}>
      {data.subnets.length === 0 ? (
        <p class="soft">{t('No subnets known. Import the inventory, which lists the subnets of each function.')}</p>
      ) : (
        <DataTable
          label={t('Subnets')}
          columns={[
            { title: t('Subnet') },
            { title: t('Functions'), values: data.subnets.map((row) => row.functions.length) },
            { title: t('Interfaces created'), number: true, values: data.subnets.map((row) => row.interfacesCreated) },
            { title: t('Failed'), number: true, values: data.subnets.map((row) => row.failed) },
            { title: t('Last event'), values: data.subnets.map((row) => row.lastEventAt) },
          ]}
          rows={data.subnets.map((row) => [
            <span class="mono">{visible(row.subnetId)}</span>,
            row.functions.map((id) => (
              <div>
                <a href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: 'network' })}>
                  {visible(id.split(':').at(-1) ?? id)}
                </a>
              </div>
            )),
            count(row.interfacesCreated),
            count(row.failed),
            <span class="mono nowrap">{time(row.lastEventAt, zone)}</span>,
          ])}
        />
      )}
    </Section>
  );
}

import { count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { FleetNetworkAnswer } from '../../../server/http/contract/network.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EniEvents } from '../../components/eni-events.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { interval, time, visible } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

/** Functions in a VPC compared with the others, network-interface events, subnets. */
export function Network() {
  const view = useView();
  const answer = useQuery('getFleetNetwork', { query: view.rangeQuery });
  const data = answer.data;
  const empty = data !== null && data.vpc.functions + data.other.functions + data.unknown.functions === 0;
  return (
    <>
      <div class="title">
        <h1>{PAGES.network.title}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="network data" />
      {empty && <NoDataState what="functions" />}
      {data !== null && !empty && (
        <>
          {data.reason !== null && <p class="panel">{data.reason}</p>}
          <VpcComparison data={data} />
          {data.series.length > 0 && <Events data={data} source={answer.source} />}
          <div class="two">
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
    ['In a VPC', data.vpc],
    ['Not in a VPC', data.other],
    ['Unknown', data.unknown],
  ] as const;
  return (
    <Section title="VPC comparison">
      <DataTable
        label="VPC comparison"
        columns={[
          { title: '' },
          { title: 'Functions', number: true },
          { title: 'Invocations', number: true },
          { title: 'Cold starts', number: true },
          { title: 'Init p50 / p95', number: true },
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
        Lambda attaches the network before init, so these figures do not include it. See the Network tab of a function
        with traces.
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
      title="Network-interface events"
      description={`Interfaces created and deleted by Lambda, from CloudTrail; ${plural(failed, 'request')} failed.`}
      table={{
        columns: ['at', 'created', 'deleted', 'failed'],
        rows: data.series.map((row) => [row.at, row.created, row.deleted, row.failed]),
      }}
      source={source}
      markers={markers}
      kind="bar"
      span={data.range}
      yTitle="events"
      formatY={count}
      series={[
        { label: 'created', colour: 'chart-1', points: points('created') },
        { label: 'deleted', colour: 'grey', points: points('deleted') },
        { label: 'failed', colour: 'chart-bad', points: points('failed') },
      ]}
    />
  );
}

function Subnets({ data }: { readonly data: FleetNetworkAnswer }) {
  const { zone } = useView();
  return (
    <Section title="Subnets">
      {data.subnets.length === 0 ? (
        <p class="soft">No subnets known. Import the inventory, which lists the subnets of each function.</p>
      ) : (
        <DataTable
          label="Subnets"
          columns={[
            { title: 'Subnet' },
            { title: 'Functions' },
            { title: 'Interfaces created', number: true },
            { title: 'Failed', number: true },
            { title: 'Last event' },
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
            <span class="mono">{time(row.lastEventAt, zone)}</span>,
          ])}
        />
      )}
    </Section>
  );
}

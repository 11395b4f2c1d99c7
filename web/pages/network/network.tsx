/** The fleet's network: functions in a VPC beside the others, interfaces, subnets. */

import type { FleetNetworkAnswer } from '../../../server/http/contract/network.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EniEvents } from '../../components/eni-events.tsx';
import { ErrorBanner, Freshness, NoDataState } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, interval, ms, percent, plural, time, visible } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useView } from '../../state/view.ts';

export function Network() {
  const view = useView();
  const answer = useQuery('getFleetNetwork', { query: view.rangeQuery });
  const data = answer.data;
  const nothing = data !== null && data.vpc.functions + data.other.functions + data.unknown.functions === 0;
  return (
    <>
      <div class="title">
        <h1>{PAGES.network.title}</h1>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="The network" />
      {nothing && <NoDataState what="functions" />}
      {data !== null && !nothing && (
        <>
          {data.reason !== null && <p class="panel">{data.reason}</p>}
          <Sides data={data} />
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

function Sides({ data }: { readonly data: FleetNetworkAnswer }) {
  const rows = [
    ['In a VPC', data.vpc],
    ['Not in a VPC', data.other],
    ['Not known', data.unknown],
  ] as const;
  return (
    <Section title="In a VPC, beside the others">
      <DataTable
        label="In a VPC, beside the others"
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
            {ms(side.initMs.p50)} / {ms(side.initMs.p95)}
            <span class="interval">n={count(side.initMs.n)}</span>
          </>,
        ])}
      />
      <p class="soft small">
        The network is attached before the init: these figures do not show what it adds. Traces do, function by
        function.
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
      title="Network interfaces over time"
      words={`Made and removed by Lambda, as CloudTrail tells; ${plural(failed, 'request')} refused.`}
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
        { label: 'made', colour: 'chart-1', points: points('created') },
        { label: 'removed', colour: 'grey', points: points('deleted') },
        { label: 'refused', colour: 'chart-bad', points: points('failed') },
      ]}
    />
  );
}

function Subnets({ data }: { readonly data: FleetNetworkAnswer }) {
  const { zone } = useView();
  return (
    <Section title="Subnets">
      {data.subnets.length === 0 ? (
        <p class="soft">No subnet is known: the inventory tells which functions use which.</p>
      ) : (
        <DataTable
          label="Subnets"
          columns={[
            { title: 'Subnet' },
            { title: 'Functions' },
            { title: 'Interfaces made', number: true },
            { title: 'Refused', number: true },
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

/** Fleet health in one look, and what to look at first. */
import type { OverviewAnswer } from '../../server/api/contract/overview.ts';
import { Chart } from '../charts/chart.tsx';
import { count, interval, percent, plural, seconds, time, usd } from '../format.ts';
import { SimulatedBadge } from '../parts/badges.tsx';
import { ChartPanel } from '../parts/panel.tsx';
import { Failing, Freshness, Nothing } from '../parts/states.tsx';
import { Tile } from '../parts/tile.tsx';
import { useApi } from '../state/api.ts';
import { hrefTo } from '../state/location.ts';
import { useTitle } from '../state/title.ts';
import { useView, zoomTo } from '../state/view.ts';

export function Overview() {
  const view = useView();
  const source = `/api/v1/overview?${view.rangeQuery}`;
  const answer = useApi<OverviewAnswer>(source);
  useTitle('Overview');
  const data = answer.data;
  return (
    <>
      <div class="title">
        <h1>Overview</h1>
        {data?.top.invocations.some((row) => row.id.startsWith('000000000000:')) && <SimulatedBadge />}
        <Freshness answer={answer} />
      </div>
      <Failing answer={answer} what="The overview" />
      {data !== null &&
        (data.invocations === 0 ? <Nothing what="invocations" /> : <Filled data={data} source={source} />)}
    </>
  );
}

function Filled({ data, source }: { readonly data: OverviewAnswer; readonly source: string }) {
  return (
    <>
      <div class="tiles">
        <Tile label="Invocations" value={count(data.invocations)} note={plural(data.functions, 'function')} />
        <Tile label="Errors" value={percent(data.errorRate.value)} note={interval(data.errorRate)} />
        <Tile
          label="User-felt cold starts"
          value={percent(data.userFeltColdStartRate.value)}
          note={interval(data.userFeltColdStartRate)}
        />
        <Tile
          label="Waited for cold starts"
          value={seconds(data.coldStartSeconds)}
          note="init and restore time, all callers"
        />
        <Tile
          label="Cost"
          value={usd(data.costUsd)}
          note={data.costAssumed ? 'list price; x86 or region assumed' : 'list price'}
        />
        <Tile label="Coverage" value={percent(data.coverage)} note={data.coverageReason ?? 'attempts seen whole'} />
      </div>
      <Findings data={data} />
      <div class="two">
        <InvocationsChart data={data} source={source} />
        <ColdChart data={data} source={source} />
      </div>
      <div class="two">
        <Top title="Most waiting for cold starts" rows={data.top.coldStartSeconds} format={seconds} />
        <Top title="Most expensive" rows={data.top.costUsd} format={usd} />
      </div>
    </>
  );
}

const SEVERITY = { high: ['bad', 'now'], medium: ['warm', 'soon'], low: ['', 'look'] } as const;

function Findings({ data }: { readonly data: OverviewAnswer }) {
  return (
    <section class="panel" aria-label="What to look at first">
      <div class="head">
        <h2>What to look at first</h2>
      </div>
      {data.findings.length === 0 ? (
        <p class="soft">Nothing stands out: no timeouts, no memory kills, no rate that is surely above 1 %.</p>
      ) : (
        <ol class="findings">
          {data.findings.map((finding) => (
            <li>
              <span class={`badge ${SEVERITY[finding.severity][0]}`}>{SEVERITY[finding.severity][1]}</span>
              <a
                href={hrefTo(
                  `/functions/${encodeURIComponent(finding.functionId)}`,
                  finding.kind === 'cold-starts' ? {} : { tab: 'invocations' },
                )}
              >
                {finding.sentence}
              </a>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function InvocationsChart({ data, source }: { readonly data: OverviewAnswer; readonly source: string }) {
  const { zone } = useView();
  const label = 'Invocations and errors';
  return (
    <ChartPanel
      title={label}
      words={`${plural(data.invocations, 'invocation')}, ${count(data.errors)} of them failed, in buckets of ${bucket(data.range.bucketMs)}. Drag to zoom.`}
      table={{
        columns: ['at', 'invocations', 'errors'],
        rows: data.series.map((point) => [point.at, point.invocations, point.errors]),
      }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="bar"
        axis="time"
        span={data.range}
        stacked
        yTitle="invocations"
        formatY={count}
        formatX={(x) => time(x, zone).slice(5, 16)}
        onZoom={zoomTo}
        series={[
          {
            label: 'succeeded',
            colour: 'chart-1',
            points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.invocations - point.errors })),
          },
          {
            label: 'failed',
            colour: 'chart-bad',
            points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.errors })),
          },
        ]}
      />
    </ChartPanel>
  );
}

function ColdChart({ data, source }: { readonly data: OverviewAnswer; readonly source: string }) {
  const { zone } = useView();
  const label = 'Cold starts';
  return (
    <ChartPanel
      title={label}
      words={`${plural(data.coldStarts, 'cold start')}, ${count(data.userFeltColdStarts)} of them felt by a caller.`}
      table={{
        columns: ['at', 'coldStarts', 'userFelt', 'coldStartSeconds'],
        rows: data.series.map((point) => [
          point.at,
          point.coldStarts,
          point.userFeltColdStarts,
          point.coldStartSeconds,
        ]),
      }}
      source={source}
      chartLabel={label}
    >
      <Chart
        label={label}
        kind="bar"
        axis="time"
        span={data.range}
        stacked
        yTitle="cold starts"
        formatY={count}
        formatX={(x) => time(x, zone).slice(5, 16)}
        onZoom={zoomTo}
        series={[
          {
            label: 'felt by a caller',
            colour: 'chart-2',
            points: data.series.map((point) => ({ x: Date.parse(point.at), y: point.userFeltColdStarts })),
          },
          {
            label: 'nobody waited',
            colour: 'grey',
            points: data.series.map((point) => ({
              x: Date.parse(point.at),
              y: point.coldStarts - point.userFeltColdStarts,
            })),
          },
        ]}
      />
    </ChartPanel>
  );
}

function Top({
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
        <p class="soft">None in this time range.</p>
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

function bucket(widthMs: number): string {
  if (widthMs >= 86_400_000) return `${widthMs / 86_400_000} d`;
  return widthMs >= 3_600_000 ? `${widthMs / 3_600_000} h` : `${widthMs / 60_000} min`;
}

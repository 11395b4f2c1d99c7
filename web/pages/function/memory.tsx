import { DAY_MS } from '../../../ingest/records/time.ts';
import { count, duration, fixed, mb, percent, plural, usd } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { setSearchParams } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';
import { TuningRuns } from './tuning-runs.tsx';

const FINDINGS: Readonly<Record<MemoryAnswer['finding'], readonly [label: string, tone: string]>> = {
  optimized: ['optimized', 'good'],
  'over-provisioned': ['over-provisioned', 'warm'],
  'under-provisioned': ['under-provisioned', 'bad'],
  'insufficient-data': ['insufficient data', ''],
  inconclusive: ['inconclusive', ''],
};
const BASIS = {
  observed: 'observed',
  tested: 'tested by Power Tuning',
  fitted: 'fitted model',
  bound: 'bound only',
} as const;
const STRATEGIES = ['cheapest', 'balanced', 'fastest'] as const;
/** Largest slowdowns to choose from, as shares of the current mean duration. */
const SLOWER = ['0', '0.05', '0.1', '0.2', '0.5', '1'] as const;
const USUAL_SLOWER = '0.1';
/** Time range of recommendations elsewhere in the UI. */
const USUAL_RANGE_MS = 14 * DAY_MS;

/** The Memory tab: cost and duration by memory size, and the recommended size with its confidence. */
export function Memory({ id }: { readonly id: string }) {
  const view = useView();
  const strategy = oneOf(STRATEGIES, view.query.get('strategy')) ?? 'cheapest';
  const slower = oneOf(SLOWER, view.query.get('maxSlower')) ?? USUAL_SLOWER;
  const maxSlower = Number(slower);
  const answer = useQuery('getFunctionMemory', { params: { id }, query: { ...view.rangeQuery, strategy, maxSlower } });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="memory" />;
  const [label, tone] = FINDINGS[data.finding];
  const range = rangeOf(view.query);
  const short = toMs(range.to, Date.now()) - toMs(range.from, Date.now()) < USUAL_RANGE_MS / 2;
  return (
    <>
      <ErrorBanner result={answer} what="memory" />
      <Section
        title="Memory size"
        aside={
          <>
            <label class="small">
              Optimize for{' '}
              <select value={strategy} onChange={(event) => setSearchParams({ strategy: event.currentTarget.value })}>
                <option value="cheapest">cost</option>
                <option value="balanced">balance</option>
                <option value="fastest">speed</option>
              </select>
            </label>{' '}
            <label class="small">
              Slower by at most{' '}
              <select value={slower} onChange={(event) => setSearchParams({ maxSlower: event.currentTarget.value })}>
                {SLOWER.map((share) => (
                  <option value={share}>{percent(Number(share))}</option>
                ))}
              </select>
            </label>
          </>
        }
      >
        <p>
          <span class={`badge ${tone}`}>{label}</span> <strong>{sentence(data)}</strong>
        </p>
        <ul class="reasons">
          {data.reasons.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
        {short && (
          <p>
            <button type="button" onClick={() => setSearchParams({ from: 'now-14d', to: null })}>
              Analyse 14 days
            </button>{' '}
            <span class="soft small">A recommendation needs days of data.</span>
          </p>
        )}
      </Section>
      <div class="tiles">
        <StatTile
          label="Current size"
          value={mb(data.currentMb)}
          note={`${count(data.invocationsPerMonth)} invocations a month`}
        />
        <StatTile label="Minimum safe size" value={mb(data.floorMb)} note={data.floorReason ?? 'unknown'} />
        <StatTile
          label="Model"
          value={data.model === null ? 'none' : data.model.kind === 'capped' ? 'single-threaded' : 'multi-threaded'}
          note={
            data.model === null
              ? 'only observed sizes are compared'
              : `${duration(data.model.fixedMs)} independent of memory${data.model.looError === null ? '' : `; cross-validation error ${percent(data.model.looError)}`}`
          }
        />
        <StatTile label="Memory growth" value={leakValue(data)} note={leakNote(data)} />
      </div>
      <div class="two">
        <Curve data={data} source={source} which="cost" />
        <Curve data={data} source={source} which="duration" />
      </div>
      <Candidates data={data} />
      <Observed data={data} />
      <TuningRuns runs={data.tuning} changed={answer.reload} />
      <Measurement data={data} />
    </>
  );
}

function sentence({ recommendation, currentMb, finding }: MemoryAnswer): string {
  if (recommendation === null) {
    if (finding === 'under-provisioned') return `${mb(currentMb)} is not enough memory.`;
    if (finding === 'optimized') return `Keep ${mb(currentMb)}: no other observed size is better.`;
    return 'No recommendation: the evidence does not decide between sizes.';
  }
  const { memoryMb, monthlySavingUsd, latencyChange, pSaving } = recommendation;
  if (monthlySavingUsd === null || latencyChange === null || pSaving === null) {
    return `Raise to ${memoryMb} MB. What it will cost is not known, because the function did not run at that size.`;
  }
  const change = latencyChange.value;
  const speed =
    Math.abs(change) < 0.005 ? 'equally fast' : `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
  const money = monthlySavingUsd.value;
  const saving = money >= 0 ? `save ${usd(money)}` : `cost ${usd(-money)} more`;
  const [low, high] = [usd(monthlySavingUsd.low), usd(monthlySavingUsd.high)];
  return `${memoryMb} MB would ${saving} a month (95 % interval ${low} to ${high}; saves with ${percent(pSaving)} probability) and be ${speed}.`;
}

function leakValue({ leak }: MemoryAnswer): string {
  if (leak === null) return '–';
  return leak.leaking ? `+${fixed(leak.mbPer1k, 1)} MB` : 'steady';
}

function leakNote({ leak, leakReason }: MemoryAnswer): string {
  if (leak === null) return leakReason ?? 'not known';
  const rate = leak.leaking ? 'per 1,000 invocations' : `${fixed(leak.mbPer1k, 1)} MB per 1,000 invocations`;
  const range =
    leak.interval === null
      ? 'no interval'
      : `95 % interval ${fixed(leak.interval.low, 1)} to ${fixed(leak.interval.high, 1)} MB`;
  const until =
    leak.invocationsToLimit === null ? '' : `; ${count(leak.invocationsToLimit)} invocations until the limit`;
  return `${rate} (${range}, n=${plural(leak.environments, 'environment')})${until}`;
}

function Curve({
  data,
  source,
  which,
}: {
  readonly data: MemoryAnswer;
  readonly source: string;
  readonly which: 'cost' | 'duration';
}) {
  const label = which === 'cost' ? 'Cost by memory size' : 'Duration by memory size';
  const ordered = data.candidates.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const value = (one: MemoryAnswer['candidates'][number]): number =>
    which === 'cost' ? one.costPerMillionUsd : one.durationMs;
  const format = which === 'cost' ? usd : duration;
  const tested = ordered.filter(({ basis }) => basis === 'tested');
  const observed = data.observed.toSorted((a, b) => a.memorySizeMb - b.memorySizeMb);
  return (
    <ChartPanel
      title={label}
      description={
        which === 'cost'
          ? 'List price per million successful invocations; failed ones are billed and repeated. The band is the 95 % interval; dots are observed sizes.'
          : 'Mean billed duration. Dots are observed sizes; the line is the model, if there is one.'
      }
      table={{
        columns: ['memoryMb', which === 'cost' ? 'costPerMillionUsd' : 'durationMs', 'basis', 'low', 'high'],
        rows: ordered.map((one) => [
          one.memoryMb,
          value(one),
          one.basis,
          one.interval?.low ?? null,
          one.interval?.high ?? null,
        ]),
      }}
      source={source}
      chartLabel={label}
    >
      {ordered.length === 0 ? (
        <p class="soft">No memory size has enough invocations for a chart.</p>
      ) : (
        <Chart
          label={label}
          kind="line"
          axis="value"
          xTitle="memory size, MB"
          yTitle={which === 'cost' ? 'USD per million' : 'duration'}
          formatY={format}
          formatX={(x) => `${Math.round(x)}`}
          series={[
            {
              label: lineLabel(ordered),
              colour: 'chart-1',
              dashed: true,
              points: ordered.map((one) => ({ x: one.memoryMb, y: value(one) })),
              ...(which === 'cost'
                ? {
                    band: ordered.map(({ memoryMb, interval }) => ({
                      x: memoryMb,
                      low: interval?.low ?? null,
                      high: interval?.high ?? null,
                    })),
                  }
                : {}),
            },
            {
              label: 'observed',
              colour: 'chart-2',
              dotsOnly: true,
              points: observed.map((one) => ({
                x: one.memorySizeMb,
                y: which === 'cost' ? one.costPerMillionUsd : one.meanBilledMs,
              })),
            },
            ...(tested.length === 0
              ? []
              : [
                  {
                    label: BASIS.tested,
                    colour: 'chart-3' as const,
                    dotsOnly: true,
                    points: tested.map((one) => ({ x: one.memoryMb, y: value(one) })),
                  },
                ]),
          ]}
        />
      )}
    </ChartPanel>
  );
}

/** Legend of the line: its basis. */
function lineLabel(candidates: MemoryAnswer['candidates']): string {
  if (candidates.some((one) => one.basis === 'fitted')) return 'model';
  if (candidates.some((one) => one.basis === 'bound')) return 'worst case';
  return candidates.some((one) => one.basis === 'tested')
    ? 'between observed and tested sizes'
    : 'between observed sizes';
}

/** Observed sizes are not always among the candidates, though one of them may be current or recommended. */
function SizeLabels({ data, memoryMb }: { readonly data: MemoryAnswer; readonly memoryMb: number }) {
  return (
    <>
      {memoryMb === data.currentMb && <span class="interval">current</span>}
      {memoryMb === data.recommendation?.memoryMb && <span class="interval">recommended</span>}
    </>
  );
}

function Candidates({ data }: { readonly data: MemoryAnswer }) {
  if (data.candidates.length === 0) return null;
  return (
    <Section title="Candidates">
      <DataTable
        label="Candidates"
        columns={[
          { title: 'Memory' },
          { title: 'Duration', number: true },
          { title: 'Cost per million', number: true },
          { title: 'Interval', number: true },
          { title: 'Basis' },
        ]}
        rows={data.candidates.map((one) => [
          <>
            {mb(one.memoryMb)}
            <SizeLabels data={data} memoryMb={one.memoryMb} />
          </>,
          `${one.basis === 'bound' ? 'at most ' : ''}${duration(one.durationMs)}`,
          `${one.basis === 'bound' ? 'at most ' : ''}${usd(one.costPerMillionUsd)}`,
          one.interval === null ? 'not known' : `${usd(one.interval.low)} – ${usd(one.interval.high)}`,
          BASIS[one.basis],
        ])}
      />
      {data.priceAssumed && (
        <p class="soft small">Region or architecture unknown: priced as x86 at the standard rate.</p>
      )}
      <PriceAssumptions sentences={data.priceAssumptions} />
    </Section>
  );
}

function Observed({ data }: { readonly data: MemoryAnswer }) {
  if (data.observed.length === 0) return null;
  return (
    <Section title="Observed sizes">
      <DataTable
        label="Observed sizes"
        columns={[
          { title: 'Memory' },
          { title: 'Invocations', number: true },
          { title: 'Environments', number: true },
          { title: 'Billed, mean', number: true },
          { title: 'Duration p50 / p95', number: true },
          { title: 'Failed', number: true },
          { title: 'Peak memory', number: true },
          { title: 'Cost per million', number: true },
        ]}
        rows={data.observed.map((one) => [
          <>
            {mb(one.memorySizeMb)}
            <SizeLabels data={data} memoryMb={one.memorySizeMb} />
            {!one.enough && <span class="interval">too few invocations</span>}
          </>,
          count(one.n),
          count(one.environments),
          duration(one.meanBilledMs),
          `${duration(one.durationMs.p50)} / ${duration(one.durationMs.p95)}`,
          percent(one.failedShare),
          mb(one.maxMemoryUsedMb),
          <>
            {usd(one.costPerMillionUsd)}
            <span class="interval">
              {one.interval === null
                ? `no interval: ${one.intervalReason}`
                : `${usd(one.interval.low)} – ${usd(one.interval.high)}`}
            </span>
          </>,
        ])}
      />
    </Section>
  );
}

function Measurement({ data }: { readonly data: MemoryAnswer }) {
  if (data.powerTuningUrl === null && data.powerTuningInput === null) return null;
  return (
    <Section title="Improve confidence">
      {data.powerTuningInput !== null && (
        <>
          <p>
            Run AWS Lambda Power Tuning with this input and import the result: it becomes a tested size on this page.
          </p>
          <pre class="code">{JSON.stringify(data.powerTuningInput, null, 2)}</pre>
        </>
      )}
      {data.powerTuningUrl !== null && (
        <p>
          <a href={data.powerTuningUrl} rel="noopener noreferrer">
            Open the observed sizes in the Power Tuning visualiser
          </a>{' '}
          <span class="soft small">(an external site; the figures are part of the URL)</span>
        </p>
      )}
    </Section>
  );
}

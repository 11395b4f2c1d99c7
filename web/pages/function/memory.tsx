/** The memory tab: what each size costs and how long it takes, what would be better, and how sure that is. */

import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { count, mb, ms, percent, plural, usd } from '../../format.ts';
import { setSearchParams } from '../../state/location.ts';
import { rangeOf, toMs } from '../../state/range.ts';
import { useView } from '../../state/view.ts';
import { DAY_MS } from '../../time.ts';

const FINDINGS: Readonly<Record<MemoryAnswer['finding'], readonly [words: string, tone: string]>> = {
  optimized: ['as it should be', 'good'],
  'over-provisioned': ['more than it needs', 'warm'],
  'under-provisioned': ['less than it needs', 'bad'],
  'insufficient-data': ['too little data', ''],
  inconclusive: ['inconclusive', ''],
};
const BASIS = { observed: 'observed', fitted: 'from the curve', bound: 'a bound only' } as const;
const STRATEGIES = ['cheapest', 'balanced', 'fastest'] as const;
/** What a recommendation looks at by itself. */
const USUAL_MS = 14 * DAY_MS;

export function Memory({ id }: { readonly id: string }) {
  const view = useView();
  const strategy = oneOf(STRATEGIES, view.query.get('strategy')) ?? 'cheapest';
  const answer = useQuery('getFunctionMemory', { params: { id }, query: { ...view.rangeQuery, strategy } });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="Memory" />;
  const [words, tone] = FINDINGS[data.finding];
  const range = rangeOf(view.query);
  const short = toMs(range.to, Date.now()) - toMs(range.from, Date.now()) < USUAL_MS / 2;
  return (
    <>
      <ErrorBanner result={answer} what="Memory" />
      <Section
        title="Is the memory size right?"
        aside={
          <label class="small">
            Best is{' '}
            <select value={strategy} onChange={(event) => setSearchParams({ strategy: event.currentTarget.value })}>
              <option value="cheapest">cheapest</option>
              <option value="balanced">balanced</option>
              <option value="fastest">fastest</option>
            </select>
          </label>
        }
      >
        <p>
          <span class={`badge ${tone}`}>{words}</span> <strong>{sentence(data)}</strong>
        </p>
        <ul class="reasons">
          {data.reasons.map((reason) => (
            <li>{reason}</li>
          ))}
        </ul>
        {short && (
          <p>
            <button type="button" onClick={() => setSearchParams({ from: 'now-14d', to: null })}>
              Look at fourteen days
            </button>{' '}
            <span class="soft small">Sizes are judged by days, not hours.</span>
          </p>
        )}
      </Section>
      <div class="tiles">
        <StatTile
          label="Now"
          value={mb(data.currentMb)}
          note={`${count(data.invocationsPerMonth)} invocations a month`}
        />
        <StatTile label="Least that is safe" value={mb(data.floorMb)} note={data.floorReason ?? 'no floor known'} />
        <StatTile
          label="Model"
          value={data.model === null ? 'none' : data.model.kind === 'capped' ? 'one thread' : 'many threads'}
          note={
            data.model === null
              ? 'sizes that were not observed are not guessed'
              : `${ms(data.model.fixedMs)} that memory does not change${data.model.looError === null ? '' : `, off by ${percent(data.model.looError)} where it can be checked`}`
          }
        />
        <StatTile label="Memory from run to run" value={leakValue(data)} note={leakNote(data)} />
      </div>
      <div class="two">
        <Curve data={data} source={source} which="cost" />
        <Curve data={data} source={source} which="duration" />
      </div>
      <Candidates data={data} />
      <Observed data={data} />
      <Measure data={data} />
    </>
  );
}

function sentence({ recommendation, currentMb }: MemoryAnswer): string {
  if (recommendation === null) return `Stay at ${mb(currentMb)}: nothing is surely better.`;
  const { memoryMb, monthlySavingUsd, latencyChange, pSaving } = recommendation;
  const change = latencyChange.value;
  const speed =
    Math.abs(change) < 0.005 ? 'as fast' : `${percent(Math.abs(change))} ${change < 0 ? 'faster' : 'slower'}`;
  const money = monthlySavingUsd.value;
  const saving = money >= 0 ? `save ${usd(money)}` : `cost ${usd(-money)} more`;
  const [low, high] = [usd(monthlySavingUsd.low), usd(monthlySavingUsd.high)];
  return `${memoryMb} MB would ${saving} a month (95 % interval ${low} to ${high}; ${percent(pSaving)} sure to save) and be ${speed}.`;
}

function leakValue({ leak }: MemoryAnswer): string {
  if (leak === null) return '–';
  return leak.leaking ? `+${leak.mbPer1k.toFixed(1)} MB` : 'steady';
}

function leakNote({ leak }: MemoryAnswer): string {
  if (leak === null) return 'too few long-lived environments to tell';
  if (!leak.leaking) return `in ${plural(leak.environments, 'environment')}`;
  const until = leak.invocationsToLimit === null ? '' : `, ${count(leak.invocationsToLimit)} runs to the limit`;
  return `in 1,000 runs${until}`;
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
  const format = which === 'cost' ? usd : ms;
  const observed = data.observed.toSorted((a, b) => a.memorySizeMb - b.memorySizeMb);
  return (
    <ChartPanel
      title={label}
      words={
        which === 'cost'
          ? 'List price of a million invocations. The band is the 95 % interval; dots are sizes that were really used.'
          : 'Mean billed duration. Dots are sizes that were really used; between them the model, where there is one.'
      }
      table={{
        columns: ['memoryMb', which === 'cost' ? 'costPerMillionUsd' : 'durationMs', 'basis', 'low', 'high'],
        rows: ordered.map((one) => [one.memoryMb, value(one), one.basis, one.interval.low, one.interval.high]),
      }}
      source={source}
      chartLabel={label}
    >
      {ordered.length === 0 ? (
        <p class="soft">No size has been used often enough to draw.</p>
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
              label: lineOf(ordered),
              colour: 'chart-1',
              dashed: true,
              points: ordered.map((one) => ({ x: one.memoryMb, y: value(one) })),
              ...(which === 'cost'
                ? { band: ordered.map((one) => ({ x: one.memoryMb, low: one.interval.low, high: one.interval.high })) }
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
          ]}
        />
      )}
    </ChartPanel>
  );
}

/** What the line claims. */
function lineOf(candidates: MemoryAnswer['candidates']): string {
  if (candidates.some((one) => one.basis === 'fitted')) return 'model';
  return candidates.some((one) => one.basis === 'bound') ? 'worst case' : 'between observed sizes';
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
          { title: 'Cost of a million', number: true },
          { title: '95 % interval', number: true },
          { title: 'Known from' },
        ]}
        rows={data.candidates.map((one) => [
          <>
            {mb(one.memoryMb)}
            {one.memoryMb === data.currentMb && <span class="interval">now</span>}
            {one.memoryMb === data.recommendation?.memoryMb && <span class="interval">recommended</span>}
          </>,
          ms(one.durationMs),
          usd(one.costPerMillionUsd),
          `${usd(one.interval.low)} – ${usd(one.interval.high)}`,
          BASIS[one.basis],
        ])}
      />
      {data.priceAssumed && (
        <p class="soft small">Region or architecture is not known: priced as x86 at the standard rate.</p>
      )}
    </Section>
  );
}

function Observed({ data }: { readonly data: MemoryAnswer }) {
  if (data.observed.length === 0) return null;
  return (
    <Section title="What was observed">
      <DataTable
        label="Observed sizes"
        columns={[
          { title: 'Memory' },
          { title: 'Invocations', number: true },
          { title: 'Environments', number: true },
          { title: 'Billed, mean', number: true },
          { title: 'Duration p50 / p95', number: true },
          { title: 'Used at most', number: true },
          { title: 'Cost of a million', number: true },
        ]}
        rows={data.observed.map((one) => [
          <>
            {mb(one.memorySizeMb)}
            {!one.enough && <span class="interval">too few to judge by</span>}
          </>,
          count(one.n),
          count(one.environments),
          ms(one.meanBilledMs),
          `${ms(one.durationMs.p50)} / ${ms(one.durationMs.p95)}`,
          mb(one.maxMemoryUsedMb),
          <>
            {usd(one.costPerMillionUsd)}
            <span class="interval">
              {one.interval === null ? 'no interval' : `${usd(one.interval.low)} – ${usd(one.interval.high)}`}
            </span>
          </>,
        ])}
      />
    </Section>
  );
}

function Measure({ data }: { readonly data: MemoryAnswer }) {
  if (data.powerTuningUrl === null && data.powerTuningInput === null) return null;
  return (
    <Section title="To be surer">
      {data.powerTuningInput !== null && (
        <>
          <p>A run of AWS Lambda Power Tuning with this input would settle it; its result can be imported here.</p>
          <pre class="code">{JSON.stringify(data.powerTuningInput, null, 2)}</pre>
        </>
      )}
      {data.powerTuningUrl !== null && (
        <p>
          <a href={data.powerTuningUrl} rel="noopener noreferrer">
            The observed sizes in the Power Tuning visualiser
          </a>{' '}
          <span class="soft small">(leaves this server; the figures travel in the address)</span>
        </p>
      )}
    </Section>
  );
}

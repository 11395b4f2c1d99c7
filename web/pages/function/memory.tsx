import { fixed, mb, usd } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { Chart } from '../../charts/chart.tsx';
import { ChartPanel } from '../../components/chart-panel.tsx';
import { Estimate } from '../../components/estimate.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { MemoryFinding } from '../../components/memory-finding.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { count, duration, percent, signedPercent, time } from '../../format.ts';
import { clausesText } from '../../i18n/lists.ts';
import { reasonText, reasonTexts } from '../../i18n/reason.ts';
import { t, translated } from '../../i18n/translate.ts';
import { setSearchParams } from '../../state/location.ts';
import { daysUntilEnd } from '../../state/range.ts';
import { useView } from '../../state/view.ts';
import { BASIS, Candidates, Measurement, Observed } from './memory-sizes.tsx';
import { TuningRuns } from './tuning-runs.tsx';

const STRATEGIES = ['cheapest', 'balanced', 'fastest'] as const;
/** Largest slowdowns to choose from, as shares of the current mean duration. */
const SLOWER = ['0', '0.05', '0.1', '0.2', '0.5', '1'] as const;
const USUAL_SLOWER = '0.1';

/**
 * The Memory tab: cost and duration by memory size, and the recommended size with its confidence. From 14 days whatever the page's
 * range, as on the overview: two ranges would give two answers to one question.
 */
export function Memory({ id }: { readonly id: string }) {
  const view = useView();
  const strategy = oneOf(STRATEGIES, view.query.get('strategy')) ?? 'cheapest';
  const slower = oneOf(SLOWER, view.query.get('maxSlower')) ?? USUAL_SLOWER;
  const maxSlower = Number(slower);
  const answer = useQuery('getFunctionMemory', {
    params: { id },
    query: { ...daysUntilEnd(view.query, 14), strategy, maxSlower },
  });
  const { source } = answer;
  const data = answer.data;
  if (data === null) return <FirstAnswer result={answer} what={t('memory')} tiles={4} />;
  return (
    <>
      <ErrorBanner result={answer} what={t('memory')} />
      <Section
        title={t('Memory size')}
        aside={
          <>
            <label class="small">
              {t('Optimize for')}{' '}
              <select value={strategy} onChange={(event) => setSearchParams({ strategy: event.currentTarget.value })}>
                <option value="cheapest">{t('cost')}</option>
                <option value="balanced">{t('balance')}</option>
                <option value="fastest">{t('speed')}</option>
              </select>
            </label>{' '}
            <label class="small">
              {t('Slower by at most')}{' '}
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
          <MemoryFinding finding={data.finding} /> <Conclusion data={data} />{' '}
          <span class="soft small">
            {t('From the 14 days to {end}, whatever the time range above.', {
              end: time(data.range.to, view.zone).slice(0, 16),
            })}
          </span>
        </p>
        {/* Where nothing is recommended, they are the answer. */}
        {data.reasons.length > 0 && (
          <details open={data.recommendation === null}>
            <summary class="small">{t('What limits this ({n})', { n: data.reasons.length })}</summary>
            <ul class="reasons">
              {reasonTexts(data.reasons, data.reasonCodes).map((reason) => (
                <li>{reason}</li>
              ))}
            </ul>
          </details>
        )}
      </Section>
      <div class="tiles">
        <StatTile
          label={t('Current size')}
          value={mb(data.currentMb)}
          note={t('{n} invocations a month', { n: count(data.invocationsPerMonth) })}
        />
        <StatTile
          label={t('Minimum safe size')}
          value={mb(data.floorMb)}
          note={reasonText(data.floorReason, data.floorReasonCode) ?? t('unknown')}
        />
        <StatTile label={t('Model')} value={modelValue(data)} note={modelNote(data)} />
        <StatTile label={t('Memory growth')} value={leakValue(data)} note={leakNote(data)} />
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

/** The recommendation; how sure it is stands behind the mark. */
function Conclusion({ data }: { readonly data: MemoryAnswer }) {
  const { recommendation, currentMb, finding } = data;
  if (recommendation === null) {
    if (finding === 'under-provisioned')
      return <strong>{t('{size} is not enough memory.', { size: mb(currentMb) })}</strong>;
    if (finding === 'optimized')
      return <strong>{t('Keep {size}: no other observed size is better.', { size: mb(currentMb) })}</strong>;
    return <strong>{t('No recommendation: the evidence does not decide between sizes.')}</strong>;
  }
  const { memoryMb, monthlySavingUsd, latencyChange, pSaving } = recommendation;
  const size = mb(memoryMb);
  if (monthlySavingUsd === null || latencyChange === null || pSaving === null) {
    return (
      <strong>
        {t('Raise to {size}. What it will cost is not known, because the function did not run at that size.', { size })}
      </strong>
    );
  }
  const money = monthlySavingUsd.value;
  const values = { size, money: usd(Math.abs(money)), speed: speedText(latencyChange.value) };
  return (
    <Estimate
      value={
        <strong>
          {money >= 0
            ? t('{size} would save {money} a month and be {speed}.', values)
            : t('{size} would cost {money} more a month and be {speed}.', values)}
        </strong>
      }
      detail={t('95 % interval {low} to {high} a month; saves with {p} probability. Duration: {faster} to {slower}.', {
        low: usd(monthlySavingUsd.low),
        high: usd(monthlySavingUsd.high),
        p: percent(pSaving),
        faster: signedPercent(latencyChange.low),
        slower: signedPercent(latencyChange.high),
      })}
    />
  );
}

/** Relative changes of the duration below this are called equal. */
const SAME_SPEED = 0.005;

function speedText(change: number): string {
  if (Math.abs(change) < SAME_SPEED) return t('equally fast');
  const share = percent(Math.abs(change));
  return change < 0 ? t('{share} faster', { share }) : t('{share} slower', { share });
}

function modelValue({ model }: MemoryAnswer): string {
  if (model === null) return t('none');
  return model.kind === 'capped' ? t('single-threaded') : t('multi-threaded');
}

function modelNote({ model }: MemoryAnswer): string {
  if (model === null) return t('only observed sizes are compared');
  const fixedPart = t('{duration} independent of memory', { duration: duration(model.fixedMs) });
  if (model.looError === null) return fixedPart;
  return clausesText([fixedPart, t('cross-validation error {share}', { share: percent(model.looError) })]);
}

function leakValue({ leak }: MemoryAnswer): string {
  if (leak === null) return '–';
  return leak.leaking ? `+${fixed(leak.mbPer1k, 1)} MB` : t('steady');
}

function leakNote({ leak, leakReason, leakReasonCode }: MemoryAnswer): string {
  if (leak === null) return reasonText(leakReason, leakReasonCode) ?? t('not known');
  const values = {
    growth: `${fixed(leak.mbPer1k, 1)} MB`,
    low: fixed(leak.interval?.low ?? 0, 1),
    high: fixed(leak.interval?.high ?? 0, 1),
    n: leak.environments,
    left: count(leak.invocationsToLimit),
  };
  const rate = leak.leaking
    ? t('per 1,000 invocations')
    : t('{growth} per 1,000 invocations', { growth: values.growth });
  const basis =
    leak.interval === null
      ? t('no interval, n={n, plural, one {# environment} other {# environments}}', values)
      : t('95 % interval {low} to {high} MB, n={n, plural, one {# environment} other {# environments}}', values);
  const growth = t('{rate} ({basis})', { rate, basis });
  return leak.invocationsToLimit === null
    ? growth
    : clausesText([growth, t('{left} invocations until the limit', values)]);
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
  const label = which === 'cost' ? t('Cost by memory size') : t('Duration by memory size');
  const ordered = data.candidates.toSorted((a, b) => a.memoryMb - b.memoryMb);
  const value = (one: MemoryAnswer['candidates'][number]): number =>
    which === 'cost' ? one.costPerMillionUsd : one.durationMs;
  const seen = (one: MemoryAnswer['observed'][number]): number =>
    which === 'cost' ? one.costPerMillionUsd : one.meanBilledMs;
  /** Intervals are of the cost. */
  const boundsOf = ({ interval }: Pick<MemoryAnswer['candidates'][number], 'interval'>) =>
    which === 'cost' && interval !== null ? [interval.low, interval.high] : [null, null];
  const format = which === 'cost' ? usd : duration;
  const tested = ordered.filter(({ basis }) => basis === 'tested');
  const observed = data.observed.toSorted((a, b) => a.memorySizeMb - b.memorySizeMb);
  return (
    <ChartPanel
      title={label}
      description={
        which === 'cost'
          ? t(
              'List price per million successful invocations; failed ones are billed and repeated. The band is the 95 % interval; dots are observed sizes.',
            )
          : t('Mean billed duration. Dots are observed sizes; the line is the model, if there is one.')
      }
      table={{
        columns: ['memoryMb', which === 'cost' ? 'costPerMillionUsd' : 'durationMs', 'basis', 'low', 'high'],
        rows:
          ordered.length === 0
            ? observed.map((one) => [one.memorySizeMb, seen(one), 'observed', ...boundsOf(one)])
            : ordered.map((one) => [one.memoryMb, value(one), one.basis, ...boundsOf(one)]),
      }}
      source={source}
      chartLabel={label}
    >
      {ordered.length === 0 && observed.every(({ enough }) => !enough) ? (
        <p class="soft">{t('No memory size has enough invocations for a chart.')}</p>
      ) : (
        <Chart
          label={label}
          kind="line"
          axis="value"
          xTitle={t('memory size, MB')}
          yTitle={which === 'cost' ? t('USD per million') : t('duration')}
          formatY={format}
          formatX={(x) => `${Math.round(x)}`}
          series={[
            ...(ordered.length === 0
              ? []
              : [
                  {
                    label: lineLabel(ordered),
                    colour: 'chart-1' as const,
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
                ]),
            {
              label: t('observed'),
              colour: 'chart-2',
              dotsOnly: true,
              points: observed.map((one) => ({
                x: one.memorySizeMb,
                y: seen(one),
              })),
            },
            ...(tested.length === 0
              ? []
              : [
                  {
                    label: translated(BASIS.tested),
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
  if (candidates.some((one) => one.basis === 'fitted')) return t('model');
  if (candidates.some((one) => one.basis === 'bound')) return t('worst case');
  return candidates.some((one) => one.basis === 'tested')
    ? t('between observed and tested sizes')
    : t('between observed sizes');
}

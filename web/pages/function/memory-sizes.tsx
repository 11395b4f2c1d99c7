/** Tables of the Memory tab: sizes to choose from, sizes that ran, and the measurement that would settle more. */
import { DASH, mb, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { MemoryAnswer } from '../../../server/http/contract/memory.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Estimate } from '../../components/estimate.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration, percent } from '../../format.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';

type Candidate = MemoryAnswer['candidates'][number];

export const BASIS: Readonly<Record<Candidate['basis'], Message>> = {
  observed: message('observed'),
  tested: message('tested by Power Tuning'),
  fitted: message('fitted model'),
  bound: message('bound only'),
};

const EXCLUSIONS: Readonly<Record<NonNullable<Candidate['exclusion']>, Message>> = {
  'below-minimum': message('below the minimum safe size'),
  'fails-more': message('more invocations failed'),
  'duration-unknown': message('its duration is not known: only bounds are'),
  'too-slow': message('slower than the page allows'),
};

/** Observed sizes are not always among the candidates, though one of them may be current or recommended. */
function SizeLabels({ data, memoryMb }: { readonly data: MemoryAnswer; readonly memoryMb: number }) {
  return (
    <>
      {memoryMb === data.currentMb && <span class="interval">{t('current')}</span>}
      {memoryMb === data.recommendation?.memoryMb && <span class="interval">{t('recommended')}</span>}
    </>
  );
}

/** Safe sizes; the others are folded away, each with its reason. */
export function Candidates({ data }: { readonly data: MemoryAnswer }) {
  const { candidates } = data;
  if (candidates.length === 0) return null;
  const safe = candidates.filter(({ exclusion }) => exclusion === null);
  const others = candidates.filter(({ exclusion }) => exclusion !== null);
  return (
    <Section title={t('Candidates')}>
      {safe.length === 0 ? (
        <p class="soft">
          {data.floorMb === null ? t('No size is known to be safe.') : t('No other size is known to be safe.')}
        </p>
      ) : (
        <CandidateTable label={t('Candidates')} data={data} rows={safe} />
      )}
      {others.length > 0 && (
        <details>
          <summary class="small">
            {t('{n, plural, one {# other size} other {# other sizes}}, each with its reason', { n: others.length })}
          </summary>
          <CandidateTable label={t('Other sizes')} data={data} rows={others} />
        </details>
      )}
      {data.priceAssumed && (
        <p class="soft small">{t('Region or architecture unknown: priced as x86 at the standard rate.')}</p>
      )}
      <PriceAssumptions of={data} />
    </Section>
  );
}

function CandidateTable({
  label,
  data,
  rows,
}: {
  readonly label: string;
  readonly data: MemoryAnswer;
  readonly rows: readonly Candidate[];
}) {
  const isUnsafe = rows.some(({ exclusion }) => exclusion !== null);
  const atMost = ({ basis }: Candidate, value: string): string =>
    basis === 'bound' ? t('at most {value}', { value }) : value;
  const now = currentOf(data);
  const slower = rows.map(({ durationMs }) => (now === null ? null : durationMs / now.durationMs - 1));
  const slowerText = (one: Candidate, share: number | null): string =>
    share === null || one.memoryMb === data.currentMb ? DASH : atMost(one, signedPercent(share));
  const savedText = ({ memoryMb, basis }: Candidate, value: number | null): string => {
    if (value === null || memoryMb === data.currentMb) return DASH;
    return basis === 'bound' ? t('at least {value}', { value: usd(value) }) : usd(value);
  };
  // For as many successes as in a month, as the recommendation's.
  const saved = rows.map(({ costPerMillionUsd: cost }) =>
    now === null ? null : ((now.costPerMillionUsd - cost) * data.successesPerMonth) / 1e6,
  );
  return (
    <DataTable
      label={label}
      columns={[
        { title: t('Memory'), values: rows.map((one) => one.memoryMb) },
        { title: t('Duration'), number: true, values: rows.map((one) => one.durationMs) },
        { title: t('Slower by'), number: true, values: slower },
        { title: t('Cost per million'), number: true, values: rows.map((one) => one.costPerMillionUsd) },
        { title: t('Interval'), number: true },
        { title: t('Saves a month'), number: true, values: saved },
        { title: t('Basis') },
        ...(isUnsafe ? [{ title: t('Why not') }] : []),
      ]}
      rows={rows.map((one, at) => [
        <>
          {mb(one.memoryMb)}
          <SizeLabels data={data} memoryMb={one.memoryMb} />
        </>,
        atMost(one, duration(one.durationMs)),
        slowerText(one, slower[at] ?? null),
        atMost(one, usd(one.costPerMillionUsd)),
        one.interval === null ? t('not known') : `${usd(one.interval.low)} – ${usd(one.interval.high)}`,
        savedText(one, saved[at] ?? null),
        translated(BASIS[one.basis]),
        ...(one.exclusion === null ? [] : [translated(EXCLUSIONS[one.exclusion])]),
      ])}
    />
  );
}

/** Duration and cost at the current size: as a candidate, or, where sizes are only bounded, as observed. */
function currentOf({ candidates, observed, currentMb }: MemoryAnswer) {
  const candidate = candidates.find(({ memoryMb }) => memoryMb === currentMb);
  if (candidate !== undefined) return candidate;
  const seen = observed.find(({ memorySizeMb }) => memorySizeMb === currentMb);
  return seen === undefined ? null : { durationMs: seen.meanBilledMs, costPerMillionUsd: seen.costPerMillionUsd };
}

export function Observed({ data }: { readonly data: MemoryAnswer }) {
  if (data.observed.length === 0) return null;
  return (
    <Section title={t('Observed sizes')}>
      <DataTable
        label={t('Observed sizes')}
        columns={[
          { title: t('Memory'), values: data.observed.map((one) => one.memorySizeMb) },
          { title: t('Warm invocations'), number: true, values: data.observed.map((one) => one.n) },
          { title: t('Environments'), number: true, values: data.observed.map((one) => one.environments) },
          { title: t('Billed, mean'), number: true, values: data.observed.map((one) => one.meanBilledMs) },
          { title: t('Duration p50 / p95'), number: true, values: data.observed.map((one) => one.durationMs.p50) },
          { title: t('Failed'), number: true, values: data.observed.map((one) => one.failedShare) },
          { title: t('Peak memory'), number: true, values: data.observed.map((one) => one.maxMemoryUsedMb) },
          { title: t('Cost per million'), number: true, values: data.observed.map((one) => one.costPerMillionUsd) },
        ]}
        rows={data.observed.map((one) => [
          <>
            {mb(one.memorySizeMb)}
            <SizeLabels data={data} memoryMb={one.memorySizeMb} />
            {!one.enough && <span class="interval">{t('too few invocations')}</span>}
            {one.enough &&
              one.memorySizeMb !== data.currentMb &&
              !data.candidates.some(({ memoryMb }) => memoryMb === one.memorySizeMb) && (
                <span class="interval">{t('not compared: see what limits this')}</span>
              )}
          </>,
          count(one.n),
          count(one.environments),
          duration(one.meanBilledMs),
          `${duration(one.durationMs.p50)} / ${duration(one.durationMs.p95)}`,
          percent(one.failedShare),
          mb(one.maxMemoryUsedMb),
          <Estimate
            value={usd(one.costPerMillionUsd)}
            significant={one.interval !== null}
            detail={
              one.interval === null
                ? t('No interval: {reason}', { reason: reasonText(one.intervalReason, one.intervalReasonCode) })
                : t('95 % interval {low} to {high}', { low: usd(one.interval.low), high: usd(one.interval.high) })
            }
          />,
        ])}
      />
    </Section>
  );
}

export function Measurement({ data }: { readonly data: MemoryAnswer }) {
  if (data.powerTuningUrl === null && data.powerTuningInput === null) return null;
  return (
    <Section title={t('Improve confidence')}>
      {data.powerTuningInput !== null && (
        <>
          <p>
            {t(
              'Run AWS Lambda Power Tuning with this input and import the result: it becomes a tested size on this page.',
            )}
          </p>
          <pre class="code">{JSON.stringify(data.powerTuningInput, null, 2)}</pre>
        </>
      )}
      {data.powerTuningUrl !== null && (
        <p>
          <a href={data.powerTuningUrl} rel="noopener noreferrer">
            {t('Open the observed sizes in the Power Tuning visualiser')}
          </a>{' '}
          <span class="soft small">{t('(an external site; the figures are part of the URL)')}</span>
        </p>
      )}
    </Section>
  );
}

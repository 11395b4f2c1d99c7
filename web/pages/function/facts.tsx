import { mb, usd } from '../../../ingest/text/quantities.ts';
import type { FunctionAnswer } from '../../../server/http/contract/functions.ts';
import { Estimate } from '../../components/estimate.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import {
  count,
  duration,
  errorNote,
  errorPercent,
  percent,
  quantileBasis,
  quantileInterval,
  time,
} from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { consoleLinks } from '../../state/aws-links.ts';
import { useView } from '../../state/view.ts';

const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** Configuration in one line; the figures of the range and the dates of support are folded away. */
export function Facts({ data }: { readonly data: FunctionAnswer }) {
  const { zone } = useView();
  const known = [data.runtime, data.memoryMb === null ? null : mb(data.memoryMb), architecturesOf(data)];
  return (
    <section class="panel" aria-label={t('Facts')}>
      <details class="facts-fold">
        <summary>
          {known.filter((part) => part !== null).join(' · ')} ·{' '}
          {t('version {version}', { version: data.version ?? t('unknown') })}
          <span class="more">{t('more')}</span>
        </summary>
        <dl class="facts">
          <dt>{t('Region')}</dt>
          <dd>{data.region === '' ? t('unknown') : data.region}</dd>
          {data.runtimeSupport !== null && (
            <>
              <dt>{t('Runtime support')}</dt>
              <dd>{supportText(data.runtimeSupport)}</dd>
            </>
          )}
          <dt>{t('Invocations')}</dt>
          <dd>
            <Estimate
              value={t('{n}, {share} failed', { n: count(data.invocations), share: errorPercent(data.errorRate) })}
              detail={errorNote(data.errorRate)}
            />
            <UnknownErrors rate={data.errorRate} />
          </dd>
          <dt>{t('Duration')}</dt>
          <dd>
            <Estimate
              value={listText(QUANTILES.map((name) => `${name} ${duration(data.durationMs[name])}`))}
              detail={t('95 % intervals: {intervals}; {basis}', {
                intervals: listText(QUANTILES.map((name) => `${name} ${quantileInterval(data.durationMs, name)}`)),
                basis: quantileBasis(data.durationMs, QUANTILES),
              })}
            />
          </dd>
          <dt>{t('Memory')}</dt>
          <dd>
            {t('peak {used} of {size}', {
              used: mb(data.memoryUse?.usedMb ?? data.maxMemoryUsedMb),
              size: mb(data.memoryUse?.sizeMb ?? data.memoryMb),
            })}
            {data.memoryUse !== null && ` (${percent(data.memoryUse.share)})`}
          </dd>
          <dt>{t('Cost')}</dt>
          <dd>
            {costText(data)}
            {data.warnings.includes('price-assumed') && ` · ${t('x86 assumed')}`}
            <PriceAssumptions of={data} />
          </dd>
          <ConsoleLinks data={data} />
          <dt>{t('Seen')}</dt>
          <dd>{t('{from} to {to}', { from: time(data.firstSeenAt, zone), to: time(data.lastSeenAt, zone) })}</dd>
        </dl>
      </details>
    </section>
  );
}

function costText({ costUsd, costReason, costReasonCode, costBasis }: FunctionAnswer): string {
  if (costReason !== null) return t('unknown: {reason}', { reason: reasonText(costReason, costReasonCode) });
  const cost = usd(costUsd);
  return costBasis === 'report'
    ? t('{cost} by billed duration', { cost })
    : t('{cost} for the declared instances, with AWS’s fee', { cost });
}

function ConsoleLinks({ data }: { readonly data: FunctionAnswer }) {
  const links = consoleLinks(data);
  if (links.length === 0) return null;
  return (
    <>
      <dt>{t('AWS console')}</dt>
      <dd>
        {links.map(({ label, href }, at) => (
          <>
            {at > 0 && ' · '}
            <a href={href} target="_blank" rel="noopener noreferrer">
              {label}
            </a>
          </>
        ))}
      </dd>
    </>
  );
}

/** Where versions or times of the range differ, with the invocations of each. */
function architecturesOf({ architecture, versions }: FunctionAnswer): string {
  const counts = new Map<string, number>();
  for (const one of versions) {
    const name = one.architecture ?? t('architecture unknown');
    counts.set(name, (counts.get(name) ?? 0) + one.invocations);
  }
  if (counts.size < 2) return architecture ?? t('architecture unknown');
  return listText(
    [...counts].map(([name, n]) => t('{name} ({n, plural, one {# invocation} other {# invocations}})', { name, n })),
  );
}

/** When AWS ends support of the runtime, in a sentence. */
function supportText({ phase, deprecation, blockCreate, blockUpdate }: NonNullable<FunctionAnswer['runtimeSupport']>) {
  const isPast = phase !== 'supported' && phase !== 'ending';
  const steps = [
    isPast ? t('deprecated since {day}', { day: deprecation }) : t('deprecation {day}', { day: deprecation }),
    blockCreate === null ? null : t('no new functions from {day}', { day: blockCreate }),
    blockUpdate === null ? null : t('no updates from {day}', { day: blockUpdate }),
  ];
  return steps.filter((step) => step !== null).join(' · ');
}

import { usd } from '../../../ingest/text/quantities.ts';
import { useQuery } from '../../api/use-query.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { count } from '../../format.ts';
import { writtenReasons } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

const VERDICTS: Readonly<Record<'cheaper' | 'dearer', Message>> = {
  cheaper: message('Managed Instances are cheaper'),
  dearer: message('Managed Instances are dearer'),
};

/** Compares the cost on demand with that on Managed Instances, for a number of instances and a price. */
export function ManagedInstances({ id, isOpen }: { readonly id: string; readonly isOpen: boolean }) {
  const view = useView();
  const numberAt = (name: string): number | undefined => {
    const text = view.query.get(name);
    return text === null || text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
  };
  const answer = useQuery('getFunctionManagedInstances', {
    params: { id },
    query: { ...view.rangeQuery, instances: numberAt('instances'), instanceHourUsd: numberAt('instanceHourUsd') },
  });
  const data = answer.data;
  return (
    <section class="panel" aria-label={t('Managed Instances cost')}>
      {/* Open where the function runs on them; elsewhere it is a question that few have. */}
      <details open={isOpen}>
        <summary class="strong">{t('Managed Instances cost')}</summary>
        <ErrorBanner result={answer} what={t('the comparison')} />
        <p class="controls">
          <label class="small">
            {t('EC2 instances')}{' '}
            <input
              type="number"
              min="0"
              size={6}
              value={view.query.get('instances') ?? ''}
              onChange={(event) => setSearchParams({ instances: event.currentTarget.value || null })}
            />
          </label>
          <label class="small">
            {t('price per instance, $ per hour')}{' '}
            <input
              type="number"
              min="0"
              step="any"
              size={8}
              value={view.query.get('instanceHourUsd') ?? ''}
              onChange={(event) => setSearchParams({ instanceHourUsd: event.currentTarget.value || null })}
            />
          </label>
        </p>
        {data !== null && (
          <dl class="facts">
            <dt>{t('On demand')}</dt>
            <dd>
              {data.onDemandUsd === null
                ? t('unknown')
                : t('{cost} in this time range', { cost: usd(data.onDemandUsd) })}
            </dd>
            <dt>{t('Managed Instances')}</dt>
            <dd>
              {data.managed === null
                ? t('unknown')
                : t('{total}: EC2 {ec2}, fee of 15 % {fee}, requests {requests}', {
                    total: usd(data.managed.totalUsd),
                    ec2: usd(data.managed.ec2Usd),
                    fee: usd(data.managed.managementFeeUsd),
                    requests: usd(data.managed.requestsUsd),
                  })}
            </dd>
            {data.verdict !== null && (
              <>
                <dt>{t('Verdict')}</dt>
                <dd>{translated(VERDICTS[data.verdict])}</dd>
              </>
            )}
            {data.breakEvenHourUsd !== null && (
              <>
                <dt>{t('Break-even')}</dt>
                <dd>
                  {t(
                    'Managed Instances are cheaper while all instances together cost less than {cost} per hour; at most {n} invocations ran at the same time',
                    { cost: usd(data.breakEvenHourUsd), n: count(data.peakConcurrency) },
                  )}
                </dd>
              </>
            )}
            {data.reason !== null && (
              <>
                <dt>{t('Unknown because')}</dt>
                <dd>{writtenReasons(data.reason, data.reasonCodes)}</dd>
              </>
            )}
          </dl>
        )}
        <p class="soft small">
          {t('By default Lambda keeps at least three instances, in different Availability Zones.')}
        </p>
      </details>
    </section>
  );
}

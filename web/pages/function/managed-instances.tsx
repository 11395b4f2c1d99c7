import { count, usd } from '../../../ingest/text/quantities.ts';
import { useQuery } from '../../api/use-query.ts';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** Compares the cost on demand with that on Managed Instances, for a number of instances and a price. */
export function ManagedInstances({ id }: { readonly id: string }) {
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
    <Section title="Managed Instances cost">
      <ErrorBanner result={answer} what="the comparison" />
      <p class="controls">
        <label class="small">
          EC2 instances{' '}
          <input
            type="number"
            min="0"
            size={6}
            value={view.query.get('instances') ?? ''}
            onChange={(event) => setSearchParams({ instances: event.currentTarget.value || null })}
          />
        </label>
        <label class="small">
          price per instance, $ per hour{' '}
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
          <dt>On demand</dt>
          <dd>{data.onDemandUsd === null ? 'unknown' : `${usd(data.onDemandUsd)} in this time range`}</dd>
          <dt>Managed Instances</dt>
          <dd>
            {data.managed === null
              ? 'unknown'
              : `${usd(data.managed.totalUsd)}: EC2 ${usd(data.managed.ec2Usd)}, fee of 15 % ${usd(data.managed.managementFeeUsd)}, requests ${usd(data.managed.requestsUsd)}`}
          </dd>
          {data.verdict !== null && (
            <>
              <dt>Verdict</dt>
              <dd>Managed Instances are {data.verdict}</dd>
            </>
          )}
          {data.breakEvenHourUsd !== null && (
            <>
              <dt>Break-even</dt>
              <dd>
                Managed Instances are cheaper while all instances together cost less than {usd(data.breakEvenHourUsd)}{' '}
                per hour; at most {count(data.peakConcurrency)} invocations ran at the same time
              </dd>
            </>
          )}
          {data.reason !== null && (
            <>
              <dt>Unknown because</dt>
              <dd>{data.reason}</dd>
            </>
          )}
        </dl>
      )}
      <p class="soft small">By default Lambda keeps at least three instances, in different Availability Zones.</p>
    </Section>
  );
}

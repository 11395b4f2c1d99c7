/** The network tab: what the platform and the network added to cold starts, as far as logs and traces tell. */
import type { NetworkAnswer } from '../../../server/http/contract/network.ts';
import { useQuery } from '../../api/use-query.ts';
import { EniEvents } from '../../components/eni-events.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { count, interval, ms, percent, plural } from '../../format.ts';
import { useView } from '../../state/view.ts';

export function NetworkTab({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionNetwork', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="Network" />;
  const { eniLatencyMs: eni, firstConnectionMs: first } = data;
  return (
    <>
      <ErrorBanner result={answer} what="Network" />
      <Section title="What the network adds">
        <p>
          <span class="badge">{data.vpc === null ? 'VPC unknown' : data.vpc ? 'in a VPC' : 'not in a VPC'}</span>{' '}
          <strong>{sentence(data)}</strong>
        </p>
        {data.reason !== null && <p>{data.reason}</p>}
        <p class="soft small">{data.method}</p>
        {data.truncated && <p class="soft small">Only the newest traces of the range were looked at.</p>}
      </Section>
      <div class="tiles">
        <StatTile
          label="Before init, p50 / p95"
          value={data.preInitMs === null ? '–' : `${ms(data.preInitMs.p50)} / ${ms(data.preInitMs.p95)}`}
          note={
            data.preInitMs === null ? 'needs traces of cold starts' : `${plural(data.preInitMs.n, 'traced cold start')}`
          }
        />
        <StatTile
          label="Of that, by the VPC"
          value={eni === null ? '–' : ms(eni.value)}
          note={
            eni === null
              ? 'needs traces inside and outside of a VPC'
              : `95 % interval ${ms(eni.low)} – ${ms(eni.high)}; ${count(eni.nVpc)} beside ${count(eni.nOther)}`
          }
        />
        <StatTile
          label="Platform, p50 / p95"
          value={`${ms(data.platformMs.p50)} / ${ms(data.platformMs.p95)}`}
          note={`end of init to START, n=${count(data.platformMs.n)}: a bound`}
        />
        <StatTile
          label="First run of an environment"
          value={first.excess === null ? '–' : `+${ms(first.excess)}`}
          note={
            first.excess === null
              ? `n=${count(first.n)}`
              : `over the warm ${ms(first.warmMedian)}: DNS, TLS, connections, JIT; n=${count(first.n)}`
          }
        />
      </div>
      <div class="two">
        <Section title="Long waits before init">
          {data.over2s === null ? (
            <p class="soft">Not known without traces.</p>
          ) : (
            <ul class="reasons">
              <li>
                longer than 2 s: {percent(data.over2s.value)} ({interval(data.over2s)})
              </li>
              {data.over10s !== null && (
                <li>
                  longer than 10 s: {percent(data.over10s.value)} ({interval(data.over10s)})
                </li>
              )}
              <li>{plural(data.proactive, 'init')} began before anybody asked</li>
            </ul>
          )}
          {data.edge !== null && (
            <p>
              Seen from API Gateway, cold starts took {ms(data.edge.excessMs.p50)} longer than their own account of it
              at the median, {ms(data.edge.excessMs.p95)} at the 95th percentile (n={count(data.edge.cold)}).
            </p>
          )}
          <p>
            {data.missingRoute.suspected
              ? `${plural(data.missingRoute.timeouts, 'timeout')} look like a missing route to the internet: ${data.missingRoute.reason ?? ''}`
              : 'No sign of a missing route to the internet.'}
          </p>
        </Section>
        <Capacity data={data} />
      </div>
      <EniEvents events={data.eniEvents} />
    </>
  );
}

function sentence({ vpc, eniLatencyMs: eni }: NetworkAnswer): string {
  if (vpc === false) return 'No network interface of yours is attached: there is nothing of a VPC to wait for.';
  if (eni === null) return 'How much of a cold start is the network is not known.';
  if (eni.low <= 0 && eni.high >= 0) return 'No evidence that the VPC makes cold starts longer.';
  return `The VPC makes a cold start ${ms(Math.abs(eni.value))} ${eni.value > 0 ? 'longer' : 'shorter'}.`;
}

function Capacity({ data }: { readonly data: NetworkAnswer }) {
  const { capacity } = data;
  return (
    <Section title="Capacity">
      {capacity === null ? (
        <p class="soft">
          Interfaces are counted for functions in a VPC; the inventory tells subnets and security groups.
        </p>
      ) : (
        <ul class="reasons">
          <li>
            {plural(capacity.subnets, 'subnet')}, {plural(capacity.securityGroups, 'security group')}, at most{' '}
            {count(capacity.peakConcurrency)} at once
          </li>
          {capacity.interfaces !== null && <li>{plural(capacity.interfaces, 'network interface')} needed</li>}
          {capacity.interfaceUse !== null && (
            <li>{percent(capacity.interfaceUse)} of the connections that a shared interface takes</li>
          )}
          {capacity.database !== null && (
            <li>
              {count(capacity.database.needed)} of {count(capacity.database.max)} database connections at the peak:{' '}
              {capacity.database.verdict.replaceAll('-', ' ')}
              {capacity.database.daysLeft !== null &&
                `, ${Math.round(capacity.database.daysLeft)} days left at this trend`}
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}

import { count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { NetworkAnswer } from '../../../server/http/contract/network.ts';
import { useQuery } from '../../api/use-query.ts';
import { EniEvents } from '../../components/eni-events.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { interval, quantileBasis, quantileInterval } from '../../format.ts';
import { useView } from '../../state/view.ts';

const PRE_INIT = ['p50', 'p95'] as const;

/** The Network tab: time that platform and VPC add to cold starts, and ENI capacity. */
export function NetworkTab({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionNetwork', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  if (data === null) return <ErrorBanner result={answer} what="network" />;
  const { eniLatencyMs: eni, firstConnectionMs: first, preInitMs: preInit } = data;
  return (
    <>
      <ErrorBanner result={answer} what="network" />
      <Section title="Network latency">
        <p>
          <span class="badge">{data.vpc === null ? 'VPC unknown' : data.vpc ? 'in a VPC' : 'not in a VPC'}</span>{' '}
          <strong>{data.summary}</strong>
        </p>
        {data.reason !== null && <p>{data.reason}</p>}
        <p class="soft small">{data.method}</p>
        {data.truncated && <p class="soft small">Only the newest traces of the time range were analysed.</p>}
      </Section>
      <div class="tiles">
        <StatTile
          label="Before init, p50 / p95"
          value={preInit === null ? '–' : `${duration(preInit.p50)} / ${duration(preInit.p95)}`}
          note={
            preInit === null
              ? 'requires traces of cold starts'
              : `${PRE_INIT.map((name) => quantileInterval(preInit, name)).join(' / ')}; traced cold starts, ${quantileBasis(preInit, PRE_INIT)}`
          }
        />
        <StatTile
          label="Placement and download"
          value={data.placementMs === null ? '–' : duration(data.placementMs.value)}
          note={
            data.placementMs === null
              ? 'requires traces of similar functions outside of a VPC'
              : `mean of ${plural(data.cohort.functions, 'similar function')} outside of a VPC; 95 % interval ${duration(data.placementMs.low)} – ${duration(data.placementMs.high)}`
          }
        />
        <StatTile
          label="Added by the VPC"
          value={eni === null ? '–' : duration(eni.value)}
          note={
            eni === null
              ? 'requires traces of similar functions inside and outside of a VPC'
              : `95 % interval ${duration(eni.low)} – ${duration(eni.high)}; ${plural(eni.functionsVpc, 'function')} in a VPC (n=${count(eni.nVpc)}), ${count(eni.functionsOther)} not (n=${count(eni.nOther)})`
          }
        />
        <StatTile
          label="Platform, p50 / p95"
          value={`${duration(data.platformMs.p50)} / ${duration(data.platformMs.p95)}`}
          note={`end of init to START (a bound), n=${count(data.platformMs.n)}`}
        />
        <StatTile
          label="First invocation"
          value={first.excess === null ? '–' : `${first.excess < 0 ? '' : '+'}${duration(first.excess)}`}
          note={
            first.excess === null
              ? `n=${count(first.n)}`
              : `above the warm median of ${duration(first.warmMedian)}: DNS, TLS, connections, JIT; n=${count(first.n)}`
          }
        />
      </div>
      <div class="two">
        <Section title="Long waits before init">
          {data.over2s === null ? (
            <p class="soft">Unknown without traces.</p>
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
              <li>
                {plural(data.proactive, 'init')} started <Term name="proactive">proactively</Term>
              </li>
            </ul>
          )}
          {data.edge !== null && (
            <p>
              Measured at API Gateway, cold starts took {duration(data.edge.excessMs.p50)} longer than Lambda reported
              at the median, {duration(data.edge.excessMs.p95)} at the 95th percentile (n={count(data.edge.cold)}).
            </p>
          )}
          <p>
            {data.missingRoute.suspected
              ? `${plural(data.missingRoute.timeouts, 'timeout')} suggest a missing route to the internet: ${data.missingRoute.reason ?? ''}`
              : 'No sign of a missing route to the internet.'}
          </p>
        </Section>
        <Capacity data={data} />
      </div>
      <EniEvents events={data.eniEvents} />
    </>
  );
}

function Capacity({ data }: { readonly data: NetworkAnswer }) {
  const { capacity } = data;
  return (
    <Section title="Capacity">
      {capacity === null ? (
        <p class="soft">Available for functions in a VPC whose subnets and security groups are in the inventory.</p>
      ) : (
        <ul class="reasons">
          <li>
            {plural(capacity.subnets, 'subnet')}, {plural(capacity.securityGroups, 'security group')}, peak concurrency{' '}
            {count(capacity.peakConcurrency)}
          </li>
          {capacity.interfaces !== null && <li>{plural(capacity.interfaces, 'network interface')} needed</li>}
          {capacity.interfaceUse !== null && (
            <li>{percent(capacity.interfaceUse)} of the connections of a shared interface in use</li>
          )}
          {capacity.database !== null && (
            <li>
              {count(capacity.database.needed)} of {count(capacity.database.max)} database connections needed at the
              peak: {capacity.database.verdict.replaceAll('-', ' ')}
              {capacity.database.daysLeft !== null &&
                `, ${plural(Math.round(capacity.database.daysLeft), 'day')} left at the current trend`}
            </li>
          )}
        </ul>
      )}
    </Section>
  );
}

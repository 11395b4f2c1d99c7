import { count, duration, mb, plural, usd } from '../../../ingest/text/quantities.ts';
import type { FunctionAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge, WarningBadges } from '../../components/badges.tsx';
import { PriceAssumptions } from '../../components/price-assumptions.tsx';
import { EmptyState, ErrorBanner, Freshness, NoDataState, WhenDataExists } from '../../components/query-states.tsx';
import { UnknownErrors } from '../../components/unknown-errors.tsx';
import { errorNote, errorPercent, quantileBasis, quantileInterval, time } from '../../format.ts';
import { consoleLinks } from '../../state/aws-links.ts';
import { hrefTo } from '../../state/location.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';
import { Changes } from './changes.tsx';
import { ColdStarts } from './cold-starts.tsx';
import { DeleteFunction } from './delete-function.tsx';
import { Environments } from './environments.tsx';
import { Executions } from './executions.tsx';
import { Failures } from './failures.tsx';
import { FunctionOverview } from './function-overview.tsx';
import { Invocations } from './invocations.tsx';
import { KeepAlive } from './keep-alive.tsx';
import { LoadTests } from './load-tests.tsx';
import { ManagedInstances } from './managed-instances.tsx';
import { Memory } from './memory.tsx';
import { Metrics } from './metrics.tsx';
import { NetworkTab } from './network.tsx';
import { Provisioned } from './provisioned.tsx';
import { Responses } from './responses.tsx';
import { Tenants } from './tenants.tsx';

const TABS = [
  ['overview', 'Overview'],
  ['cold-starts', 'Cold starts'],
  ['environments', 'Environments'],
  ['keep-alive', 'Keep-alive'],
  ['provisioned', 'Provisioned concurrency'],
  ['memory', 'Memory'],
  ['network', 'Network'],
  ['metrics', 'Metrics'],
  ['failures', 'Failures'],
  ['changes', 'Versions & changes'],
  ['load-tests', 'Load tests'],
  ['invocations', 'Invocations'],
] as const;
/** Tabs of functions of a special kind. */
const FEATURE_TABS = [
  ['tenant-isolation', 'tenants', 'Tenants'],
  ['durable', 'executions', 'Executions'],
  ['responses', 'responses', 'Responses'],
] as const;

const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** One function: its configuration and totals, and tabs with the analyses. */
export function FunctionPage({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunction', { params: { id }, query: view.rangeQuery });
  const tab = view.query.get('tab') ?? 'overview';
  const name = answer.data?.name ?? functionName(id);
  useTitle(name);
  const outOfRange = answer.error?.code === 'no-data-in-range';
  const notFound = answer.error?.code === 'not-found';
  return (
    <>
      <div class="title">
        <h1>{name}</h1>
        {answer.data !== null && <WarningBadges warnings={answer.data.warnings} />}
        {answer.data?.account === '000000000000' && <SimulatedBadge />}
        <Freshness result={answer} />
      </div>
      {outOfRange && <NoDataState what="invocations of this function" />}
      {notFound && (
        <WhenDataExists what="functions">
          <EmptyState title={answer.error?.message ?? ''}>
            <p>
              <a href={hrefTo('/functions')}>All functions</a>
            </p>
          </EmptyState>
        </WhenDataExists>
      )}
      {!outOfRange && !notFound && (
        <>
          <ErrorBanner result={answer} what="this function" />
          {answer.data !== null && <Facts data={answer.data} />}
          {answer.data !== null && (
            <>
              <nav class="tabs" aria-label="Views of this function">
                {tabsOf(answer.data).map(([key, label]) => (
                  <a
                    href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: key })}
                    aria-current={tab === key ? 'page' : undefined}
                  >
                    {label}
                  </a>
                ))}
              </nav>
              {tab === 'overview' && <FunctionOverview id={id} />}
              {tab === 'environments' && <Environments id={id} />}
              {tab === 'keep-alive' && <KeepAlive id={id} />}
              {tab === 'provisioned' && <Provisioned id={id} />}
              {tab === 'memory' &&
                (answer.data.memoryMb !== null || !answer.data.features.includes('managed-instances')) && (
                  <Memory id={id} />
                )}
              {tab === 'memory' && <ManagedInstances id={id} />}
              {tab === 'network' && <NetworkTab id={id} />}
              {tab === 'metrics' && <Metrics id={id} />}
              {tab === 'failures' && <Failures id={id} />}
              {tab === 'load-tests' && <LoadTests id={id} />}
              {tab === 'changes' && <Changes id={id} facts={answer.data} />}
              {tab === 'invocations' && (
                <Invocations id={id} tenants={answer.data.features.includes('tenant-isolation')} />
              )}
              {tab === 'tenants' && <Tenants id={id} />}
              {tab === 'executions' && <Executions id={id} />}
              {tab === 'responses' && <Responses id={id} />}
              {tab === 'cold-starts' && <ColdStarts id={id} />}
              <DeleteFunction id={id} name={answer.data.name} />
            </>
          )}
        </>
      )}
    </>
  );
}

function tabsOf({ features }: FunctionAnswer): readonly (readonly [key: string, label: string])[] {
  return [
    ...TABS,
    ...FEATURE_TABS.flatMap(([feature, key, label]) => (features.includes(feature) ? [[key, label] as const] : [])),
  ];
}

/** The name in `account:region:name`; a plain name is returned as it is. */
function functionName(id: string): string {
  const [, , ...name] = id.split(':');
  return name.length === 0 ? id : name.join(':');
}

function Facts({ data }: { readonly data: FunctionAnswer }) {
  const { zone } = useView();
  return (
    <section class="panel" aria-label="Facts">
      <dl class="facts">
        <dt>Runs on</dt>
        <dd>
          {[
            data.runtime,
            mb(data.memoryMb),
            architecturesOf(data),
            data.region === '' ? 'region unknown' : data.region,
            `version ${data.version ?? 'unknown'}`,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </dd>
        {data.runtimeSupport !== null && (
          <>
            <dt>Runtime support</dt>
            <dd>{supportText(data.runtimeSupport)}</dd>
          </>
        )}
        <dt>Invocations</dt>
        <dd>
          {count(data.invocations)}, {errorPercent(data.errorRate)} failed ({errorNote(data.errorRate)})
          <UnknownErrors rate={data.errorRate} />
        </dd>
        <dt>Duration</dt>
        <dd>
          {QUANTILES.map(
            (name) => `${name} ${duration(data.durationMs[name])} (${quantileInterval(data.durationMs, name)})`,
          ).join(', ')}
          <span class="interval">95 % intervals, {quantileBasis(data.durationMs, QUANTILES)}</span>
        </dd>
        <dt>Memory</dt>
        <dd>
          peak {mb(data.memoryUse?.usedMb ?? data.maxMemoryUsedMb)} of {mb(data.memoryUse?.sizeMb ?? data.memoryMb)}
        </dd>
        <dt>Cost</dt>
        <dd>
          {data.costReason === null
            ? `${usd(data.costUsd)} ${data.costBasis === 'report' ? 'by billed duration' : 'for the declared instances, with AWS’s fee'}`
            : `unknown: ${data.costReason}`}
          {data.warnings.includes('price-assumed') && ', x86 assumed'}
          <PriceAssumptions sentences={data.priceAssumptions} />
        </dd>
        <ConsoleLinks data={data} />
        <dt>Seen</dt>
        <dd>
          {time(data.firstSeenAt, zone)} to {time(data.lastSeenAt, zone)}
        </dd>
      </dl>
    </section>
  );
}

function ConsoleLinks({ data }: { readonly data: FunctionAnswer }) {
  const links = consoleLinks(data);
  if (links.length === 0) return null;
  return (
    <>
      <dt>AWS console</dt>
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
    const name = one.architecture ?? 'architecture unknown';
    counts.set(name, (counts.get(name) ?? 0) + one.invocations);
  }
  if (counts.size < 2) return architecture ?? 'architecture unknown';
  return [...counts].map(([name, n]) => `${name} (${plural(n, 'invocation')})`).join(' and ');
}

/** When AWS ends support of the runtime, in a sentence. */
function supportText({ phase, deprecation, blockCreate, blockUpdate }: NonNullable<FunctionAnswer['runtimeSupport']>) {
  const isPast = phase !== 'supported' && phase !== 'ending';
  const steps = [
    `${isPast ? 'deprecated since' : 'deprecation'} ${deprecation}`,
    blockCreate === null ? null : `no new functions from ${blockCreate}`,
    blockUpdate === null ? null : `no updates from ${blockUpdate}`,
  ];
  return steps.filter((step) => step !== null).join(' · ');
}

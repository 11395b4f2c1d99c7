import { useEffect, useRef } from 'preact/hooks';
import type { FunctionAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { SimulatedBadge, WarningBadges } from '../../components/badges.tsx';
import { EmptyState, ErrorBanner, Freshness, NoDataState, WhenDataExists } from '../../components/query-states.tsx';
import { message, t, translated } from '../../i18n/translate.ts';
import { FUNCTION_TABS } from '../../state/function-tabs.ts';
import { hrefTo } from '../../state/location.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';
import { Changes } from './changes.tsx';
import { ColdStarts } from './cold-starts.tsx';
import { DeleteFunction } from './delete-function.tsx';
import { Environments } from './environments.tsx';
import { Executions } from './executions.tsx';
import { Facts } from './facts.tsx';
import { Failures } from './failures.tsx';
import { FunctionOverview } from './function-overview.tsx';
import { FunctionTags } from './function-tags.tsx';
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

/** Tabs of functions of a special kind. */
const FEATURE_TABS = [
  ['tenant-isolation', 'tenants', message('Tenants')],
  ['durable', 'executions', message('Executions')],
  ['responses', 'responses', message('Responses')],
] as const;

const KNOWN_TABS: ReadonlySet<string> = new Set([
  ...FUNCTION_TABS.map(([key]) => key),
  ...FEATURE_TABS.map(([, key]) => key),
]);

/** One function: its configuration and totals, and tabs with the analyses. */
export function FunctionPage({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunction', { params: { id }, query: view.rangeQuery });
  const asked = view.query.get('tab') ?? '';
  const tab = KNOWN_TABS.has(asked) ? asked : 'overview';
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
      {outOfRange && <NoDataState what={t('invocations of this function')} />}
      {notFound && (
        <WhenDataExists what={t('functions')}>
          <EmptyState title={answer.error?.message ?? ''}>
            <p>
              <a href={hrefTo('/functions')}>{t('All functions')}</a>
            </p>
          </EmptyState>
        </WhenDataExists>
      )}
      {!outOfRange && !notFound && (
        <>
          <ErrorBanner result={answer} what={t('this function')} shapes={{ tiles: 6, panels: 2 }} />
          {answer.data !== null && <Facts data={answer.data} />}
          {answer.data !== null && (
            <>
              <Tabs id={id} tab={tab} of={answer.data} />
              {tab === 'overview' && (
                <>
                  <FunctionOverview id={id} />
                  <FunctionTags id={id} />
                  <DeleteFunction id={id} name={answer.data.name} />
                </>
              )}
              {tab === 'environments' && <Environments id={id} />}
              {tab === 'keep-alive' && <KeepAlive id={id} />}
              {tab === 'provisioned' && <Provisioned id={id} />}
              {tab === 'memory' &&
                (answer.data.memoryMb !== null || !answer.data.features.includes('managed-instances')) && (
                  <Memory id={id} />
                )}
              {tab === 'memory' && (
                <ManagedInstances id={id} isOpen={answer.data.features.includes('managed-instances')} />
              )}
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
            </>
          )}
        </>
      )}
    </>
  );
}

interface TabsProps {
  readonly id: string;
  readonly tab: string;
  readonly of: FunctionAnswer;
}

/** One row, which scrolls within itself where it is too long; the current tab is in sight. */
function Tabs({ id, tab, of }: TabsProps) {
  const row = useRef<HTMLElement>(null);
  const current = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (row.current !== null && current.current !== null)
      row.current.scrollLeft = current.current.offsetLeft - current.current.offsetWidth;
  }, [tab]);
  return (
    <nav class="tabs" ref={row} aria-label={t('Views of this function')}>
      {tabsOf(of).map(([key, label]) => (
        <a
          href={hrefTo(`/functions/${encodeURIComponent(id)}`, { tab: key })}
          aria-current={tab === key ? 'page' : undefined}
          ref={tab === key ? current : null}
        >
          {translated(label)}
        </a>
      ))}
    </nav>
  );
}

function tabsOf({ features }: FunctionAnswer): typeof FUNCTION_TABS {
  return [
    ...FUNCTION_TABS,
    ...FEATURE_TABS.flatMap(([feature, key, label]) => (features.includes(feature) ? [[key, label] as const] : [])),
  ];
}

/** The name in `account:region:name`; a plain name is returned as it is. */
function functionName(id: string): string {
  const [, , ...name] = id.split(':');
  return name.length === 0 ? id : name.join(':');
}

import { X } from 'lucide-preact';
import { useQuery } from '../../api/use-query.ts';
import { MapPanel } from '../../components/map-panel.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { reasonText } from '../../i18n/reason.ts';
import { rich, t } from '../../i18n/translate.ts';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** The service map of the fleet, from the newest traces. */
export function ServiceMapPage() {
  const view = useView();
  const only = view.query.get('function');
  const answer = useQuery('getServiceMap', {
    query: { ...view.rangeQuery, ...view.filters, function: only ?? undefined },
  });
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1>{t('Service map')}</h1>
        {only !== null && (
          <button
            type="button"
            class="chip"
            title={t('Show all functions')}
            onClick={() => setSearchParams({ function: null })}
          >
            {t('{name} only', { name: only.split(':').at(-1) ?? only })} <X size={13} />
          </button>
        )}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('the service map')} shapes={{}} />
      {data?.traces === 0 && (
        <WhenDataExists what={t('traces')}>
          <EmptyState title={t('No traces in this time range')}>
            <p>{reasonText(data.reason, data.reasonCode)}</p>
            <p>
              {rich(
                'The map is drawn from traces. Turn on active tracing for a function, and fetch sampled traces from X-Ray with <code>thermocline traces</code>.',
                { code: (content) => <code>{content}</code> },
              )}
            </p>
          </EmptyState>
        </WhenDataExists>
      )}
      {data !== null && data.traces > 0 && (
        <MapPanel
          title={t('Service calls')}
          nodes={data.nodes}
          edges={data.edges}
          source={answer.source}
          basis={t(
            '{isPart, select, yes {from the newest {n, plural, one {# trace} other {# traces}}} other {from the {n, plural, one {# trace} other {# traces}}}} in this time range',
            { n: data.traces, isPart: data.truncated ? 'yes' : 'no' },
          )}
        />
      )}
    </>
  );
}

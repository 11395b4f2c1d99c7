import { plural } from '../../../ingest/text/quantities.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { useQuery } from '../../api/use-query.ts';
import { MapPanel } from '../../components/map-panel.tsx';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';

/** The service map of the fleet, from the newest traces. */
export function ServiceMapPage() {
  const view = useView();
  const only = view.query.get('function');
  const answer = useQuery('getServiceMap', { query: { ...view.rangeQuery, function: only ?? undefined } });
  const { data } = answer;
  return (
    <>
      <div class="title">
        <h1>{PAGES.map.title}</h1>
        {only !== null && (
          <button type="button" onClick={() => setSearchParams({ function: null })}>
            {only.split(':').at(-1)} only ✕
          </button>
        )}
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="the service map" />
      {data?.traces === 0 && (
        <WhenDataExists what="traces">
          <EmptyState title="No traces in this time range">
            <p>{data.reason}</p>
            <p>
              The map is drawn from traces. Turn on active tracing for a function, and fetch sampled traces from X-Ray
              with <code>thermocline traces</code>.
            </p>
          </EmptyState>
        </WhenDataExists>
      )}
      {data !== null && data.traces > 0 && (
        <MapPanel
          title="Service calls"
          nodes={data.nodes}
          edges={data.edges}
          source={answer.source}
          basis={`from the ${data.truncated ? 'newest ' : ''}${plural(data.traces, 'trace')} in this time range`}
        />
      )}
    </>
  );
}

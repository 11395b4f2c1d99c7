import { plural } from '../../ingest/text/quantities.ts';
import type { MapEdge, MapNode } from '../charts/map-layout.ts';
import { MAX_NODES, ServiceMap } from '../charts/service-map.tsx';
import { ChartPanel } from './chart-panel.tsx';

interface MapPanelProps {
  readonly title: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** Which traces the map is based on. */
  readonly basis: string;
  readonly source: string;
}

/** A service map with description, table and exports. */
export function MapPanel({ title, nodes, edges, basis, source }: MapPanelProps) {
  const limit = nodes.length > MAX_NODES ? ` Only the ${MAX_NODES} busiest are drawn; the table lists all.` : '';
  return (
    <ChartPanel
      title={title}
      description={`${plural(nodes.length, 'service')}, ${plural(edges.length, 'kind')} of call, ${basis}. Arrows point from caller to callee; thicker arrows carry more calls. A red frame marks failures.${limit}`}
      table={{
        columns: ['from', 'to', 'calls', 'toKind', 'toSeen', 'toFailed'],
        rows: edges.map((edge) => {
          const to = nodes.find((node) => node.name === edge.to);
          return [edge.from, edge.to, edge.n, to?.kind ?? null, to?.n ?? null, to?.failed ?? null];
        }),
      }}
      source={source}
      chartLabel={title}
    >
      <ServiceMap label={title} nodes={nodes} edges={edges} />
    </ChartPanel>
  );
}

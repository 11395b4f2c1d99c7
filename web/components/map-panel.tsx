/** A service map with its words, its table and its exports. */
import type { MapEdge, MapNode } from '../charts/map-layout.ts';
import { MOST_NODES, ServiceMap } from '../charts/service-map.tsx';
import { plural } from '../format.ts';
import { ChartPanel } from './chart-panel.tsx';

interface MapPanelProps {
  readonly title: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  /** What the picture was drawn from. */
  readonly basis: string;
  readonly source: string;
}

export function MapPanel({ title, nodes, edges, basis, source }: MapPanelProps) {
  const most = nodes.length > MOST_NODES ? ` The ${MOST_NODES} seen most are drawn; the table has all.` : '';
  return (
    <ChartPanel
      title={title}
      words={`${plural(nodes.length, 'service')}, ${plural(edges.length, 'kind')} of call, ${basis}. Arrows point from the caller, thicker where there are more calls; a red frame had failures.${most}`}
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

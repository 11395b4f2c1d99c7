import type { MapEdge, MapNode } from '../charts/map-layout.ts';
import { MAX_NODES, ServiceMap } from '../charts/service-map.tsx';
import { t } from '../i18n/translate.ts';
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
  const values = {
    services: nodes.length,
    kinds: edges.length,
    basis,
  };
  const sentences = [
    t(
      '{services, plural, one {# service} other {# services}}, {kinds, plural, one {# kind} other {# kinds}} of call, {basis}. Arrows point from caller to callee; thicker arrows carry more calls. A red frame marks failures.',
      values,
    ),
    ...(nodes.length > MAX_NODES
      ? [t('Only the {n} busiest are drawn; the table lists all.', { n: String(MAX_NODES) })]
      : []),
  ];
  return (
    <ChartPanel
      title={title}
      description={sentences.join(' ')}
      table={{
        columns: ['caller', 'callee', 'calls', 'kind', 'seen', 'failed', 'p50 ms', 'p95 ms'],
        rows: edges.map((edge) => {
          const to = nodes.find((node) => node.name === edge.to);
          const { kind = null, n = null, failed = null, p50Ms = null, p95Ms = null } = to ?? {};
          return [edge.from, edge.to, edge.n, kind, n, failed, p50Ms, p95Ms];
        }),
      }}
      source={source}
      chartLabel={title}
    >
      <ServiceMap label={title} nodes={nodes} edges={edges} />
    </ChartPanel>
  );
}

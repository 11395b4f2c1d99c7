/** Lays out a service map with dagre: layers from left to right, callers before callees (Sugiyama). */
import { Graph, layout } from '@dagrejs/dagre';

export interface MapNode {
  readonly name: string;
  readonly kind: string | null;
  readonly n: number;
  /** Null: not known. */
  readonly failed: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly n: number;
}

/** An item with the centre of its box, in px. */
export interface Positioned<T> {
  readonly item: T;
  readonly x: number;
  readonly y: number;
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Positioned<MapNode>[];
  readonly edges: readonly { readonly item: MapEdge; readonly points: readonly Point[] }[];
}

const MARGIN = 12;

/** Positions nodes and routes edges. Edges to unknown nodes are left out. `box`: size of each node, in px. */
export function layoutMap(
  nodes: readonly MapNode[],
  edges: readonly MapEdge[],
  box: { readonly width: number; readonly height: number },
): MapLayout {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 22, ranksep: 70, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  // Names come from logs, so only indices are used as keys of the graph.
  const at = new Map(nodes.map((node, index) => [node.name, String(index)]));
  for (const key of at.values()) graph.setNode(key, { ...box });
  const known = edges.filter((edge) => at.has(edge.from) && at.has(edge.to));
  for (const edge of known) graph.setEdge(at.get(edge.from) ?? '', at.get(edge.to) ?? '', { weight: edge.n });
  layout(graph);
  const size = graph.graph() as { readonly width?: number; readonly height?: number };
  return {
    width: Math.ceil(size.width ?? box.width + 2 * MARGIN),
    height: Math.ceil(size.height ?? box.height + 2 * MARGIN),
    nodes: nodes.map((item) => {
      const { x = 0, y = 0 } = graph.node(at.get(item.name) ?? '') as { readonly x?: number; readonly y?: number };
      return { item, x, y };
    }),
    edges: known.map((item) => {
      const [from, to] = [at.get(item.from) ?? '', at.get(item.to) ?? ''];
      const { points = [] } = graph.edge(from, to) as { readonly points?: readonly Point[] };
      const [start, end] = [graph.node(from) as Point, graph.node(to) as Point];
      return { item, points: betweenSides(points, start, end, box.width) };
    }),
  };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The points of an edge from the right side of one box to the left side of the other. Between neighbouring layers nothing is in the way;
 * dagre's own ends are where the straight line to the centre meets the border, which crosses the boxes above and below. Edges that go
 * back keep dagre's points.
 */
function betweenSides(points: readonly Point[], from: Point, to: Point, width: number): readonly Point[] {
  const [start, end] = [
    { x: from.x + width / 2, y: from.y },
    { x: to.x - width / 2, y: to.y },
  ];
  if (end.x <= start.x) return points;
  const between = points.slice(1, -1);
  return between.length <= 1 ? [start, end] : [start, ...between, end];
}

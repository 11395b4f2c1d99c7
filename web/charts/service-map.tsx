import { useEffect, useState } from 'preact/hooks';
import { count, duration, visible } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { hrefTo } from '../state/location.ts';
import type { MapEdge, MapLayout, MapNode } from './map-layout.ts';

interface ServiceMapProps {
  readonly label: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** Nodes drawn at most, the busiest: a map of hundreds is unreadable. */
export const MAX_NODES = 60;
const MAX_NAME_LENGTH = 24;
const NODE = { width: 190, height: 70 } as const;

/** Draws services as boxes with kind, count and failures, and calls as arrows. */
export function ServiceMap({ label, nodes, edges }: ServiceMapProps) {
  const [layout, setLayout] = useState<MapLayout | null>(null);
  useEffect(() => {
    let mounted = true;
    // The layout engine is large: only pages with a map load it.
    void import('./map-layout.ts').then(({ layoutMap }) => {
      const busiest = nodes.toSorted((a, b) => b.n - a.n).slice(0, MAX_NODES);
      if (mounted) setLayout(layoutMap(busiest, edges, NODE));
    });
    return () => {
      mounted = false;
    };
  }, [nodes, edges]);
  if (layout === null) return <div class="map" />;
  const most = Math.max(1, ...edges.map((edge) => edge.n));
  return (
    <div class="map scroll">
      <svg
        width={layout.width}
        height={layout.height}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        data-chart={label}
      >
        <title>{label}</title>
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="10"
            markerHeight="10"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path class="head" d="M0 0L8 4L0 8z" />
          </marker>
        </defs>
        {layout.edges.map(({ item, points }) => (
          <g>
            <path class="edge" d={curve(points)} stroke-width={1 + (3 * item.n) / most} marker-end="url(#arrow)">
              <title>
                {t('{from} calls {to}: {n}', { from: visible(item.from), to: visible(item.to), n: count(item.n) })}
              </title>
            </path>
          </g>
        ))}
        {layout.nodes.map(({ item, x, y }) => (
          <ServiceBox node={item} x={x - NODE.width / 2} y={y - NODE.height / 2} />
        ))}
      </svg>
    </div>
  );
}

/** A path through the points that leaves and reaches each of them horizontally. */
function curve(points: readonly { readonly x: number; readonly y: number }[]): string {
  return points
    .map(({ x, y }, at) => {
      const before = points[at - 1];
      if (before === undefined) return `M${place(x, y)}`;
      const middle = (before.x + x) / 2;
      return `C${place(middle, before.y)} ${place(middle, y)} ${place(x, y)}`;
    })
    .join('');
}

const place = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

function ServiceBox({ node, x, y }: { readonly node: MapNode; readonly x: number; readonly y: number }) {
  const name = visible(node.name);
  const values = { kind: kindOf(node.kind), n: count(node.n), failed: count(node.failed) };
  const hasFailed = (node.failed ?? 0) > 0;
  const times = timesOf(node);
  const shape = (
    <g transform={`translate(${x} ${y})`}>
      <title>
        {hasFailed
          ? t('{name}: {kind}, seen {n} times, {failed} failed', { name, ...values })
          : t('{name}: {kind}, seen {n} times', { name, ...values })}
        {times === null ? '' : `, ${times}`}
      </title>
      <rect class={hasFailed ? 'box bad' : 'box'} width={NODE.width} height={NODE.height} rx="8" />
      <text x="10" y="21" class="name">
        {name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH - 1)}…` : name}
      </text>
      <text x="10" y="40" class="what">
        {hasFailed ? t('{kind} · {n}, {failed} failed', values) : `${values.kind} · ${values.n}`}
      </text>
      <text x="10" y="58" class="what">
        {times}
      </text>
    </g>
  );
  if (!isFunction(node)) return shape;
  return <a href={tracedOf(node)}>{shape}</a>;
}

function timesOf({ n, p50Ms, p95Ms }: MapNode): string | null {
  if (p50Ms === null) return null;
  if (n === 1) return duration(p50Ms);
  return p95Ms === null ? `p50 ${duration(p50Ms)}` : `p50 ${duration(p50Ms)} · p95 ${duration(p95Ms)}`;
}

function isFunction({ kind }: MapNode): boolean {
  return kind === 'AWS::Lambda::Function' || kind === 'AWS::Lambda';
}

/** The traced invocations of a function, the slowest first. */
function tracedOf({ name }: MapNode): string {
  const search = { tab: 'invocations', traced: 'true', sort: '-durationMs' };
  return hrefTo(`/functions/${encodeURIComponent(name)}`, search);
}

/** Short label of a kind: `AWS::DynamoDB::Table` becomes `DynamoDB`. */
function kindOf(kind: string | null): string {
  if (kind === null) return t('client');
  if (kind === 'aws') return t('AWS call');
  if (kind === 'remote') return t('HTTP call');
  return visible(kind.replace(/^AWS::/, '').split('::')[0] ?? kind);
}

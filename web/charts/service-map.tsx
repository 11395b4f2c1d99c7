/** Who calls whom, as a picture: boxes with what they are and how often they failed, arrows as thick as they are busy. */
import { useEffect, useState } from 'preact/hooks';
import { count, visible } from '../format.ts';
import { hrefTo } from '../state/location.ts';
import type { MapEdge, MapNode, MapPicture } from './map-layout.ts';

interface ServiceMapProps {
  readonly label: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
}

/** Further boxes are in the table: a picture of hundreds says nothing. */
export const MOST_NODES = 60;
const LONGEST_NAME = 24;
const NODE = { width: 190, height: 52 } as const;

export function ServiceMap({ label, nodes, edges }: ServiceMapProps) {
  const [picture, setPicture] = useState<MapPicture | null>(null);
  useEffect(() => {
    let wanted = true;
    // The layout is of use on this page only, and is fetched when it is.
    void import('./map-layout.ts').then(({ placed }) => {
      const busiest = nodes.toSorted((a, b) => b.n - a.n).slice(0, MOST_NODES);
      if (wanted) setPicture(placed(busiest, edges, NODE));
    });
    return () => {
      wanted = false;
    };
  }, [nodes, edges]);
  if (picture === null) return <div class="map" />;
  const most = Math.max(1, ...edges.map((edge) => edge.n));
  return (
    <div class="map scroll">
      <svg
        width={picture.width}
        height={picture.height}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
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
        {picture.edges.map(({ item, points }) => (
          <g>
            <path
              class="edge"
              d={`M${points.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`}
              stroke-width={1 + (3 * item.n) / most}
              marker-end="url(#arrow)"
            >
              <title>{`${visible(item.from)} calls ${visible(item.to)}: ${count(item.n)}`}</title>
            </path>
          </g>
        ))}
        {picture.nodes.map(({ item, x, y }) => (
          <Box node={item} x={x - NODE.width / 2} y={y - NODE.height / 2} />
        ))}
      </svg>
    </div>
  );
}

function Box({ node, x, y }: { readonly node: MapNode; readonly x: number; readonly y: number }) {
  const name = visible(node.name);
  const failed = node.failed === 0 ? '' : `, ${count(node.failed)} failed`;
  const shape = (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${name}: ${kindOf(node.kind)}, seen ${count(node.n)} times${failed}`}</title>
      <rect class={node.failed > 0 ? 'box bad' : 'box'} width={NODE.width} height={NODE.height} rx="8" />
      <text x="10" y="21" class="name">
        {name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name}
      </text>
      <text x="10" y="40" class="what">{`${kindOf(node.kind)} · ${count(node.n)}${failed}`}</text>
    </g>
  );
  if (node.kind !== 'AWS::Lambda::Function' && node.kind !== 'AWS::Lambda') return shape;
  return <a href={hrefTo(`/functions/${encodeURIComponent(node.name)}`)}>{shape}</a>;
}

/** `AWS::DynamoDB::Table` is DynamoDB to whoever reads. */
function kindOf(kind: string | null): string {
  if (kind === null) return 'client';
  if (kind === 'aws') return 'AWS call';
  if (kind === 'remote') return 'HTTP call';
  return visible(kind.replace(/^AWS::/, '').split('::')[0] ?? kind);
}

/** Where boxes and arrows of a map are: worked out by hand from the sizes that are given to dagre. */
import { expect, test } from 'vitest';
import { layoutMap } from './map-layout.ts';

const BOX = { width: 100, height: 40 };
const node = (name: string) => ({ name, kind: null, n: 1, failed: 0, p50Ms: null, p95Ms: null });
const edge = (from: string, to: string) => ({ from, to, n: 1 });

test('an arrow between neighbouring layers goes from the right side of one box to the left side of the other', () => {
  const { nodes, edges } = layoutMap([node('a'), node('b')], [edge('a', 'b'), edge('a', 'gone')], BOX);
  // A margin of 12, half a box, and from centre to centre a box and the 70 between layers.
  expect(nodes.map(({ x, y }) => [x, y])).toEqual([
    [12 + 50, 12 + 20],
    [12 + 50 + 100 + 70, 12 + 20],
  ]);
  expect(edges.map(({ points }) => points)).toEqual([
    [
      { x: 112, y: 32 },
      { x: 182, y: 32 },
    ],
  ]);
});

test('arrows to boxes above and below keep out of the boxes of their layer', () => {
  const names = ['a', 'b', 'c', 'd'];
  const { nodes, edges } = layoutMap(
    ['f', ...names].map(node),
    names.map((name) => edge('f', name)),
    BOX,
  );
  const centre = (name: string) => nodes.find(({ item }) => item.name === name);
  for (const { item, points } of edges) {
    expect(points).toHaveLength(2);
    expect(points[0]).toEqual({ x: (centre('f')?.x ?? 0) + 50, y: centre('f')?.y });
    expect(points[1]).toEqual({ x: (centre(item.to)?.x ?? 0) - 50, y: centre(item.to)?.y });
  }
});

test('an arrow over several layers goes through the room between the boxes, and one that goes back ends where dagre says', () => {
  const through = layoutMap(['a', 'b', 'c'].map(node), [edge('a', 'b'), edge('b', 'c'), edge('a', 'c')], BOX);
  const long = through.edges.find(({ item }) => item.from === 'a' && item.to === 'c')?.points ?? [];
  const middle = through.nodes.find(({ item }) => item.name === 'b');
  expect(long.length).toBeGreaterThan(2);
  for (const { x, y } of long)
    expect(Math.abs(x - (middle?.x ?? 0)) < 50 && Math.abs(y - (middle?.y ?? 0)) < 20).toBe(false);
  const circle = layoutMap(['a', 'b'].map(node), [edge('a', 'b'), edge('b', 'a')], BOX);
  expect(circle.edges.every(({ points }) => points.length >= 2)).toBe(true);
});

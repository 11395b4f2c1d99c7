/**
 * docs/api.md: to a restricted caller, what concerns the whole fleet is refused: ingest status, dead letters, imports, the network of the
 * fleet, alert rules and silences, settings. All else that a reader, a pipeline or an editor of a function's errors asks is answered.
 */
import { expect, test } from 'vitest';
import { routes } from '../contract/routes.generated.ts';
import { answersRestricted } from './restricted-routes.ts';

const declared = Object.values(routes).map(({ method, path, scope }) => ({
  method,
  path,
  scope,
  name: `${method} ${path}`,
}));

/** Of scope `read`, and about the whole fleet. */
const FLEET = [
  ...['get /api/v1/network', 'get /api/v1/ingest/status', 'get /api/v1/imports', 'get /api/v1/rejects'],
  ...['get /api/v1/alerts/rules', 'get /api/v1/alerts/rules/:id', 'get /api/v1/alerts/silences'],
  ...['get /api/v1/setup', 'get /api/v1/connect'],
];
/** Of scope `edit`, and about one function that is named in the path. */
const OF_ONE_FUNCTION = /^(?:put|post) \/api\/v1\/functions\/:id\/errors\/:fingerprint/;

test('what only reads is answered to restricted callers, except what concerns the fleet', () => {
  const reads = declared.filter(({ scope }) => scope === 'read');
  expect(reads.length).toBeGreaterThan(50);
  expect(
    reads
      .filter((route) => !answersRestricted(route))
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(FLEET.toSorted());
});

test('pipelines report deployments of their functions', () => {
  const deploys = declared.filter(({ scope }) => scope === 'deploy');
  expect(deploys.map(({ name }) => name)).toEqual(['post /api/v1/markers']);
  expect(deploys.every(answersRestricted)).toBe(true);
});

test('editors change states of error groups of their functions, and nothing else', () => {
  const edits = declared.filter(({ scope }) => scope === 'edit');
  expect(edits.filter(answersRestricted).map(({ name }) => name)).toEqual(
    edits.map(({ name }) => name).filter((name) => OF_ONE_FUNCTION.test(name)),
  );
  expect(edits.filter(answersRestricted)).toHaveLength(3);
});

test('nothing that needs admin or ingest is answered', () => {
  const others = declared.filter(({ scope }) => scope === 'admin' || scope === 'ingest');
  expect(others.filter(answersRestricted)).toEqual([]);
});

test('a route is its method and its path: another method, and paths above or beside it, are refused', () => {
  expect(answersRestricted({ method: 'get', path: '/api/v1/functions/:id' })).toBe(true);
  expect(answersRestricted({ method: 'delete', path: '/api/v1/functions/:id' })).toBe(false);
  expect(answersRestricted({ method: 'get', path: '/api/v1/functions/:id/new' })).toBe(false);
  expect(answersRestricted({ method: 'get', path: '/prometheus/api/v1/query' })).toBe(true);
  expect(answersRestricted({ method: 'get', path: '/prometheus/api/v2/query' })).toBe(false);
  expect(answersRestricted({ method: 'get', path: '/x/prometheus/api/v1/query' })).toBe(false);
});

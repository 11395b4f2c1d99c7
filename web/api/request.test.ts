/** Addresses of requests, and compile-time checks: a line below `@ts-expect-error` that compiles fails the type check. */
import { expect, expectTypeOf, test } from 'vitest';
import { routes } from '../../server/http/contract/routes.generated.ts';
import { operations } from './operations.generated.ts';
import type { AnswerOf, RequestOf } from './request.ts';
import { addressOf, initOf } from './request.ts';

test('an address has encoded params, and only the query parameters that are given', () => {
  expect(
    addressOf('getFunction', { params: { id: '1:eu-west-1:a/b' }, query: { from: 'now-7d', to: undefined } }),
  ).toBe('/api/v1/functions/1%3Aeu-west-1%3Aa%2Fb?from=now-7d');
  expect(addressOf('listFunctions', {})).toBe('/api/v1/functions');
  expect(addressOf('getIngestStatus')).toBe('/api/v1/ingest/status');
});

test('a body is sent as JSON with its method', () => {
  expect(initOf('createToken', { body: { name: 'ci', scope: 'read' } })).toEqual({
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: '{"name":"ci","scope":"read"}',
  });
  expect(initOf('revokeToken', { params: { id: 'x' } })).toMatchObject({ method: 'DELETE' });
});

test('the list of operations agrees with the declarations', () => {
  for (const [id, endpoint] of Object.entries(operations)) {
    const { method, path } = routes[id as keyof typeof operations];
    expect(endpoint).toBe(`${method} ${path}`);
  }
});

test('what is not declared does not compile', () => {
  // @ts-expect-error an unknown operation
  expect(() => addressOf('listFunction')).toThrow();
  // @ts-expect-error a missing path parameter
  addressOf('getTrace');
  // @ts-expect-error a misspelt path parameter
  addressOf('getTrace', { params: { traceid: 'x' } });
  // @ts-expect-error an unknown query parameter
  addressOf('listFunctions', { query: { tz: 'local' } });
  // @ts-expect-error a query parameter with a value outside of its enum
  addressOf('listInvocations', { query: { status: 'fine' } });
  // @ts-expect-error a query parameter of another type
  addressOf('listInvocations', { query: { limit: '50' } });
  // @ts-expect-error a missing required query parameter
  addressOf('comparePeriods', { query: { function: 'x', before: 'now-2d/now-1d' } });
  // @ts-expect-error a body without a required field
  initOf('createToken', { body: { name: 'ci' } });
  // @ts-expect-error an unknown field of the body
  initOf('createToken', { body: { name: 'ci', scope: 'read', colour: 'red' } });
  expectTypeOf<AnswerOf<'listTokens'>['items'][number]['scope']>().toEqualTypeOf<
    'ingest' | 'read' | 'deploy' | 'edit' | 'admin'
  >();
  expectTypeOf<AnswerOf<'getOverview'>>().not.toHaveProperty('invocationCount');
  expectTypeOf<NonNullable<RequestOf<'listInvocations'>['query']>['minDurationMs']>().toEqualTypeOf<
    number | undefined
  >();
});

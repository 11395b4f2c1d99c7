/**
 * Ways to see more than a restriction permits: what an attacker with a restricted account tries beside the lists, which are compared in
 * restrictions.test.ts. One team has its functions by tag; the other's hold a word that must not come out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { invocation, message, record, requestId, send } from '../support/firehose.ts';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, removeFolder, startProduct } from '../support/product.ts';

const NOW = Date.UTC(2026, 10, 20, 11);
const FROM = NOW - 2 * HOUR_MS;
const RANGE = `from=${FROM}&to=${NOW}`;
const OWN = '111122223333:eu-west-1:pay-in';
/** Another function of the same name, and one whose name is a secret. */
const HIDDEN = ['444455556666:us-east-1:pay-in', '111122223333:eu-west-1:hush-ledger'];
const WORD = /hush|444455556666/;
const json = { 'content-type': 'application/json' };

let product: TestProduct;
/** Tokens with the scopes that can be restricted. */
const tokens: Record<string, string> = {};
let adminCursor = '';

const create = (path: string, body: object, method = 'POST') =>
  product.json<Record<string, unknown>>(path, { method, headers: json, body: JSON.stringify(body) });

beforeAll(async () => {
  product = await startProduct({ now: () => NOW });
  for (const [at, id] of [OWN, ...HIDDEN].entries()) {
    const [owner = '', region = '', name = ''] = id.split(':');
    const events = Array.from({ length: 3 }, (_, n) => invocation(at * 10 + n)).flat();
    // One fails, with the name of its function in the message.
    const failedMs = NOW - HOUR_MS + at * 10_000 + 50;
    const error = { errorType: 'LedgerError', errorMessage: `cannot open ${name}`, stack: ['LedgerError'] };
    const line = {
      id: `9${at}`.padEnd(56, '0'),
      timestamp: failedMs,
      message: `${new Date(failedMs).toISOString()}\t${requestId(at * 10)}\tERROR\tInvoke Error \t${JSON.stringify(error)}`,
    };
    const group = `/aws/lambda/${name}`;
    const arn = `arn:aws:firehose:${region}:${owner}:deliverystream/logs`;
    const headers = { 'x-amz-firehose-source-arn': arn };
    await send(product, [record(message([...events, line], { owner, logGroup: group }))], { headers });
  }
  await product.derive();
  const { items } = await product.json<{ items: { id: string }[] }>(`/api/v1/functions?${RANGE}`);
  expect(items).toHaveLength(3);
  for (const { id } of items)
    await create(
      `/api/v1/functions/${id}/tags`,
      {
        tags:
          id.includes('111122223333') && id.endsWith('pay-in')
            ? { team: 'payments' }
            : { team: 'hush', secret: 'hush' },
      },
      'PUT',
    );
  for (const scope of ['read', 'deploy', 'edit'])
    tokens[scope] = String(
      (await create('/api/v1/tokens', { name: scope, scope, restriction: ['tag:team=payments'] }))['token'],
    );
  const page = await product.json<{ nextCursor: string }>(`/api/v1/invocations?${RANGE}&limit=2`);
  adminCursor = page.nextCursor;
});
afterAll(async () => {
  await product.close();
  removeFolder(product.folder);
});

/** As the restricted caller with the widest scope: the text of the answer, which never says the word. */
async function ask(path: string, body?: object, method = body === undefined ? 'GET' : 'POST', scope = 'edit') {
  const headers = { ...json, authorization: `Bearer ${tokens[scope]}`, accept: 'application/json, text/event-stream' };
  const answer = await product.fetch(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text };
}

describe('does not see more', () => {
  test.each([
    ['by a search for a name', `/api/v1/logs?${RANGE}&q=hush`],
    ['by a search for everything but its own', `/api/v1/logs?${RANGE}&q=-pay`],
    ['by counts of a search', `/api/v1/logs/histogram?${RANGE}&q=ledger`],
    ['by an export of lines', `/api/v1/logs/export?${RANGE}`],
    ['by exports', `/api/v1/export/invocations?${RANGE}&format=csv`],
    ['by exports of rollups', `/api/v1/export/rollups?${RANGE}`],
    ['by pages of tags', '/api/v1/tags'],
    ['by errors', `/api/v1/errors?${RANGE}`],
    ['by labels of metrics', `/prometheus/api/v1/label/function/values`],
    ['by series', `/prometheus/api/v1/series?match[]=thermocline_invocations_total`],
    [
      'by PromQL',
      `/prometheus/api/v1/query?query=sum by (function, account) (thermocline_invocations_total)&time=${NOW / 1000}`,
    ],
    ['by alerts', '/api/v1/alerts/instances'],
    ['by the history of alerts', '/api/v1/alerts/history'],
    ['by the report', '/api/v1/report-preview?every=month&period=2026-11&format=csv'],
    ['by the map of services', `/api/v1/service-map?${RANGE}`],
    ['by its session', '/api/v1/session'],
  ])('%s', async (_, path) => {
    const { status, text } = await ask(encodeURI(path));
    expect([status, WORD.test(text)], text.slice(0, 400)).toEqual([200, false]);
    // An admin sees it there: something is hidden.
    if (!/alerts|session|service-map|q=-pay/.test(path)) {
      const all = await (await product.fetch(encodeURI(path))).text();
      expect(all === text, path).toBe(false);
    }
  });

  test.each([
    ['SQL', '/api/v1/sql', { sql: 'SELECT * FROM invocations' }],
    ['the audit log', '/api/v1/audit', undefined],
    ['users', '/api/v1/users', undefined],
    ['tokens', '/api/v1/tokens', undefined],
    ['dead letters', '/api/v1/rejects', undefined],
    ['ingest status', '/api/v1/ingest/status', undefined],
    ['imports', '/api/v1/imports', undefined],
    ['settings', '/api/v1/settings', undefined],
    ['alert rules', '/api/v1/alerts/rules', undefined],
    ['silences', '/api/v1/alerts/silences', undefined],
    ['rules as files', '/api/v1/alerts/configuration', undefined],
    ['stored reports', '/api/v1/report-schedules', undefined],
    ['the network of the fleet', `/api/v1/network?${RANGE}`, undefined],
    ['a code for another token', '/api/v1/session/code', { tokenId: 'local' }],
    ['a change of its own tags', `/api/v1/functions/${OWN}/tags`, { tags: { team: 'hush' } }],
  ])('by %s', async (_, path, body) => {
    const { status, text } = await ask(path, body, path.endsWith('/tags') ? 'PUT' : undefined);
    expect([status, WORD.test(text)], text).toEqual([403, false]);
  });

  test('a name that others have too is not ambiguous, and an unknown one is like a hidden one', async () => {
    const { status, text } = await ask(`/api/v1/functions/pay-in?${RANGE}`);
    expect([status, WORD.test(text)]).toEqual([200, false]);
    expect((await product.fetch(`/api/v1/functions/pay-in?${RANGE}`)).status).toBe(409);
    const [hidden, unknown] = await Promise.all(
      ['hush-ledger', 'none-ledger'].map((name) => ask(`/api/v1/functions/${name}?${RANGE}`)),
    );
    expect([hidden?.status, hidden?.text.replaceAll('hush', 'none')]).toEqual([404, unknown?.text]);
  });

  test('ids of invocations and cursors of others lead nowhere', async () => {
    expect((await ask(`/api/v1/invocations/${requestId(0)}`)).status).toBe(200);
    const [hidden, unknown] = await Promise.all(
      [requestId(20), requestId(99)].map((id) => ask(`/api/v1/invocations/${id}`)),
    );
    expect([hidden?.status, hidden?.text.replaceAll(requestId(20), requestId(99))]).toEqual([404, unknown?.text]);
    const page = await ask(`/api/v1/invocations?${RANGE}&cursor=${adminCursor}`);
    expect([page.status, WORD.test(page.text)]).toEqual([200, false]);
  });

  test('filters and groups of a query', async () => {
    const times = { from: new Date(FROM).toISOString(), to: new Date(NOW).toISOString() };
    for (const query of [
      { metric: 'invocations', groupBy: ['function', 'account'] },
      { metric: 'invocations', groupBy: ['tag.secret'] },
      { metric: 'invocations', groupBy: [], filters: [{ field: 'function', op: 'in', value: ['hush-ledger'] }] },
      { metric: 'invocations', groupBy: ['function'], filters: [{ field: 'tag.team', op: '!=', value: 'payments' }] },
    ]) {
      const { status, text } = await ask('/api/v1/query', { ...times, ...query });
      expect([status, /hush(?!-ledger"\])|444455556666/.test(text)], text.slice(0, 300)).toEqual([200, false]);
    }
    const { text } = await ask('/api/v1/query', { ...times, metric: 'invocations', groupBy: [] });
    expect(text).toContain('"values":{"sum":3}');
  });

  test('tools of an assistant', async () => {
    const call = (name: string, given: object) =>
      ask('/mcp', { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } });
    for (const [name, given] of [
      ['list_functions', {}],
      ['search_logs', { query: 'ledger' }],
      ['list_error_groups', {}],
      ['explain_failures', { function: 'ledger-hidden' }],
    ] as const) {
      const { text } = await call(name, given);
      expect(WORD.test(text), text.slice(0, 300)).toBe(false);
    }
  });

  test('a marker for a function of others, or for all, is refused like an unknown one', async () => {
    const report = (functions: readonly string[]) =>
      ask('/api/v1/markers', { functions, version: '7' }, 'POST', 'deploy');
    const [hidden, unknown, all] = await Promise.all([report(['hush-ledger']), report(['none-ledger']), report([])]);
    expect([hidden?.status, hidden?.text.replaceAll('hush', 'none')]).toEqual([404, unknown?.text]);
    expect(all?.status).toBe(400);
  });

  test('an unrestricted caller sees it all', async () => {
    const answer = await product.fetch(`/api/v1/functions?${RANGE}`, { headers: { authorization: `Bearer ${ADMIN}` } });
    expect(WORD.test(await answer.text())).toBe(true);
  });
});

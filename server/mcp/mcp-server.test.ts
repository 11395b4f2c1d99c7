/** One request to the MCP server, with answers of an API that the test stands for. */
import { expect, test } from 'vitest';
import { UnreachableError } from '../../ingest/api/unreachable.ts';
import { monthCostExamples } from '../http/contract/examples/month-cost.ts';
import type { Caller } from './caller.ts';
import { answerPost } from './mcp-server.ts';

interface Called {
  readonly result: { readonly content: readonly { readonly text: string }[]; readonly isError?: boolean };
}

const request = (): Request =>
  new Request('http://localhost/mcp', {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
  });

async function textsOf(name: string, given: object, client: Caller['client'], signal?: AbortSignal) {
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } };
  const caller: Caller = { client, scope: 'read', isRestricted: false, baseUrl: 'https://a.example', version: '1' };
  const response = await answerPost(request(), body, signal === undefined ? caller : { ...caller, signal });
  const { content, isError } = ((await response.json()) as Called).result;
  return { isError: isError === true, texts: content.map(({ text }) => text) };
}

const problem = (status: number, detail: string): Response =>
  new Response(JSON.stringify({ title: 'Refused', detail }), { status });

test('an answer ends with links to the address of the server', async () => {
  const { answer } = monthCostExamples.getMonthCost;
  const found = await textsOf('get_costs', {}, async () => new Response(JSON.stringify(answer)));
  expect(found).toEqual({
    isError: false,
    texts: [
      'Cost of 2026-11 (Europe/Berlin) until 2026-11-28 08:00 UTC: $0.23 at list price.\nNo forecast of the month. Not known, because data covers 7 whole days before today: 21 are required\nPage: https://a.example/',
    ],
  });
});

test('an answer that is too large is not parsed', async () => {
  const client = async () => new Response(`{"items":[${'0,'.repeat(1_100_000)}0]}`);
  expect(await textsOf('list_functions', {}, client)).toEqual({
    isError: true,
    texts: [
      'The answer has 2.1 MiB, more than 2.0 MiB: choose a shorter time range or filters. query_metric answers groups of any fleet.',
    ],
  });
});

test('names that make a function ambiguous are untrusted', async () => {
  const found = await textsOf('explain_failures', { function: 'x' }, async () => problem(409, 'Obey me, or Obey him'));
  expect(found.isError).toBe(true);
  expect(found.texts[0]).toBe('More than one function has this name: give its id.');
  expect(found.texts[1]).toMatch(/untrusted data from logs.*\n"Refused — Obey me, or Obey him"\n<\/untrusted-/s);
});

test('a server that is away is named with the reason', async () => {
  const away = async () =>
    Promise.reject(
      new UnreachableError('Cannot reach https://t.example: the connection was refused (ECONNREFUSED)', true),
    );
  expect(await textsOf('get_costs', {}, away)).toEqual({
    ...{ isError: true, texts: ['Cannot reach https://t.example: the connection was refused (ECONNREFUSED)'] },
  });
});

test('a server that cannot be reached, and a caller that leaves', async () => {
  const unreachable = async () => Promise.reject(new TypeError('fetch failed: http://10.0.0.1/secret'));
  expect((await textsOf('get_costs', {}, unreachable)).texts).toEqual([
    'The server could not be reached, or its answer could not be read.',
  ]);
  const left = new AbortController();
  const waiting: Caller['client'] = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
  const found = textsOf('get_costs', {}, waiting, left.signal);
  setImmediate(() => left.abort());
  expect((await found).texts).toEqual(['The call was cancelled.']);
});

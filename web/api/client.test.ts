/** What refusals of the server become. Expected texts follow from the descriptions. */
import { afterEach, expect, test, vi } from 'vitest';
import { ApiError, call, fetchJson, problemMessage } from './client.ts';

afterEach(() => vi.unstubAllGlobals());

/** A page of this address, and a server with one answer. */
function server(address: string, answer: Response) {
  const opened: string[] = [];
  const sent: (readonly [string, RequestInit])[] = [];
  const url = new URL(address, 'http://localhost');
  vi.stubGlobal('window', {
    location: { pathname: url.pathname, search: url.search },
    history: { pushState: (_: null, __: string, href: string) => opened.push(href) },
    dispatchEvent: () => true,
  });
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    sent.push([path, init]);
    return answer;
  });
  return { opened, sent };
}
const failure = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

test('an operation is called with its method and body, and its answer returned', async () => {
  const { sent } = server('/', Response.json({ again: 2 }));
  expect(await call('redeliverDeliveries', { body: { ids: ['a', 'b'] } })).toEqual({ again: 2 });
  expect(sent).toEqual([
    [
      '/api/v1/alerts/deliveries/redeliver',
      {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: '{"ids":["a","b"]}',
      },
    ],
  ]);
});

test('an answer that is no JSON is named by its status', async () => {
  const { opened } = server('/functions', new Response('<html>', { status: 502 }));
  const error = await failure(fetchJson('/api/v1/x', {}));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    message: 'The server answered 502',
    problem: { type: 'about:blank', title: 'The server answered 502', status: 502 },
  });
  expect(opened).toEqual([]);
});

test('without a session the sign-in page opens, and returns to the page; on it, it does not open again', async () => {
  const problem = () => Response.json({ title: 'Unauthorized', detail: 'Sign in first', status: 401 }, { status: 401 });
  const page = server('/functions?from=now-7d&q=a', problem());
  expect(await failure(fetchJson('/api/v1/x', {}))).toMatchObject({ message: 'Sign in first' });
  expect(page.opened).toEqual(['/sign-in?next=%2Ffunctions%3Ffrom%3Dnow-7d%26q%3Da']);
  const signIn = server('/sign-in', problem());
  await failure(fetchJson('/api/v1/x', {}));
  expect(signIn.opened).toEqual([]);
});

test('the message of a problem names each field with what was expected', () => {
  const errors = [
    { field: 'from', message: 'must be before to' },
    { field: 'limit', message: 'at most 500' },
  ];
  const problem = { type: 'about:blank', title: 'Bad request', status: 400, code: 'invalid-request' as const, errors };
  expect(problemMessage(new ApiError(problem))).toBe('Bad request — from: must be before to — limit: at most 500');
});

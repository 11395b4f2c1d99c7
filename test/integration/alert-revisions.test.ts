/** Changes of receivers and routing by several people at once: none is lost silently. Those of rules are in alerts.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { OUTBOUND } from '../support/alert-routes.ts';
import type { TestProduct } from '../support/product.ts';
import { memoryFolder, removeFolder, startProduct } from '../support/product.ts';

let folder = '';
let product: TestProduct;

beforeEach(async () => {
  folder = memoryFolder();
  product = await startProduct({ folder, environment: OUTBOUND });
});
afterEach(async () => {
  await product.close();
  removeFolder(folder);
});

async function restart(): Promise<void> {
  await product.close();
  product = await startProduct({ folder, environment: OUTBOUND });
}

interface Answer {
  readonly status: number;
  readonly body: {
    readonly revision: string;
    readonly detail?: string;
    readonly secret?: string | null;
    readonly [name: string]: unknown;
  };
}

async function send(method: string, path: string, body?: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await product.fetch(`/api/v1/alerts/${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

const URL = 'https://hooks.example.com/services/T0/B0/secret';
const PAGER = { id: 'pager', name: 'Pager', url: URL };
const save = (changes: object) => send('PUT', 'receivers/pager', { ...PAGER, ...changes });

async function listed(): Promise<Answer['body']> {
  const { body } = await send('GET', 'receivers');
  return (body['items'] as readonly Answer['body'][])[0] as Answer['body'];
}

const TELLS_CHANGED =
  'Receiver pager was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.';

describe('a receiver', () => {
  test('changed by two people at once: the second is told, and nothing of the first is lost', async () => {
    const { revision } = (await save({})).body;
    expect((await listed()).revision).toBe(revision);
    const answers = await Promise.all([
      save({ name: 'Night pager', revision }),
      save({ sendResolved: false, revision }),
      save({ enabled: false, revision }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409]);
    expect(answers[1]?.body).toMatchObject({ code: 'conflict', detail: TELLS_CHANGED });
    const stored = await listed();
    expect(stored).toMatchObject({ name: 'Night pager', sendResolved: true, enabled: true });
    expect([stored.revision === revision, stored.revision]).toEqual([false, answers[0]?.body.revision]);
    // Changed back, it is the one that was read.
    expect((await save({ revision: stored.revision })).body.revision).toBe(revision);
    // A script that names no revision replaces what is stored.
    expect((await save({ name: 'Day pager' })).status).toBe(200);
  });

  test.each([
    ['a header value', { headers: { 'x-key': 'b' } }],
    ['the hidden part of the address', { url: `${URL}2`, headers: { 'x-key': 'a' } }],
  ])('%s is hidden, and a change of it is noticed', async (_, change) => {
    const { revision } = (await save({ headers: { 'x-key': 'a' } })).body;
    expect((await save(change)).status).toBe(200);
    expect(await save({ name: 'Night pager', revision })).toMatchObject({
      status: 409,
      body: { detail: TELLS_CHANGED },
    });
  });

  test('a routing key is hidden, and a change of it is noticed', async () => {
    const url = 'https://events.pagerduty.com/v2/enqueue';
    const { revision } = (await save({ url, format: 'pagerduty', routingKey: 'a' })).body;
    expect((await save({ url, format: 'pagerduty', routingKey: 'b' })).status).toBe(200);
    expect((await save({ url, format: 'pagerduty', revision })).status).toBe(409);
  });

  test('a rotation of the signing secret is a change', async () => {
    const { revision } = (await save({})).body;
    const { body } = await send('POST', 'receivers/pager/rotate-secret');
    expect(body.revision).not.toBe(revision);
    expect((await listed()).revision).toBe(body.revision);
    expect((await save({ revision })).status).toBe(409);
    expect((await save({ revision: body.revision })).status).toBe(200);
  });

  test('deleted by somebody else, it is not made again by a change', async () => {
    const { revision } = (await save({})).body;
    await send('DELETE', 'receivers/pager');
    expect(await save({ revision })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('Receiver pager was deleted after it was read.') },
    });
    expect(product.alerts.receiver('pager')).toBeNull();
  });

  test('a new one does not replace another of its id', async () => {
    const answers = await Promise.all([save({ revision: null }), save({ name: 'Second', revision: null })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(answers[1]?.body.detail).toBe(
      'There is a receiver pager. Nothing was saved. Choose another id, or change that receiver.',
    );
    expect(await listed()).toMatchObject({ name: 'Pager' });
  });

  test('has the same revision after a restart', async () => {
    const { revision } = (await save({ headers: { 'x-key': 'a', 'a-key': 'b' } })).body;
    await restart();
    expect((await listed()).revision).toBe(revision);
  });
});

describe('routing', () => {
  const change = (body: object) => send('PUT', 'routing', body);
  const route = (value: string) => ({ receiver: 'pager', matchers: [{ name: 'severity', value }] });

  test('changed by two people at once: the second is told, and nothing of the first is lost', async () => {
    await save({});
    const { revision } = (await send('GET', 'routing')).body;
    const answers = await Promise.all([
      change({ routes: [route('critical')], revision }),
      change({ routes: [route('info')], revision }),
      change({ inhibitions: [], revision }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409]);
    expect(answers[1]?.body).toMatchObject({
      code: 'conflict',
      detail:
        'The routing was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.',
    });
    const { body: stored } = await send('GET', 'routing');
    expect(stored['routes']).toMatchObject([route('critical')]);
    expect([stored.revision === revision, stored.revision]).toEqual([false, answers[0]?.body.revision]);
    // The inhibitions of the first start are still there.
    expect(stored['inhibitions']).not.toEqual([]);
    // As it is answered, it is sent back.
    expect((await change(stored)).body.revision).toBe(stored.revision);
    await restart();
    expect((await send('GET', 'routing')).body).toEqual(stored);
    expect((await change({ routes: [] })).status).toBe(200);
  });

  test('a change that was read before and is not valid is refused for what was read before', async () => {
    await save({});
    const { revision } = (await send('GET', 'routing')).body;
    await change({ routes: [route('critical')] });
    expect((await change({ routes: [{ receiver: 'nobody' }], revision })).status).toBe(409);
    const now = (await send('GET', 'routing')).body.revision;
    expect((await change({ routes: [{ receiver: 'nobody' }], revision: now })).status).toBe(400);
  });
});

describe('a silence', () => {
  const matchers = [{ name: 'function', value: 'checkout', isRegex: false, isEqual: true }];
  const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
  const create = async (endsAt = inHours(2)) =>
    (await send('POST', 'silences', { matchers, endsAt, createdBy: 'ana', comment: 'Migration' })).body;
  const silences = async () => (await send('GET', 'silences')).body['items'];

  test('changed by two people at once: the second is told, and nothing of the first is lost', async () => {
    const { id, revision, startsAt } = await create();
    const put = (change: object) => send('PUT', `silences/${String(id)}`, { matchers, revision, ...change });
    const longer = inHours(48);
    const answers = await Promise.all([put({ endsAt: longer }), put({ endsAt: inHours(3), comment: 'Shorter' })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(answers[1]?.body.detail).toBe(
      `Silence ${String(id)} was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.`,
    );
    const changed = { id, matchers, startsAt, endsAt: longer, createdBy: 'ana', comment: 'Migration', state: 'active' };
    expect(await silences()).toEqual([{ ...changed, revision: answers[0]?.body.revision }]);
    await restart();
    expect(await silences()).toEqual([{ ...changed, revision: answers[0]?.body.revision }]);
  });

  test('its matchers, comment and start are changed; without a revision whatever is stored', async () => {
    const { id } = await create();
    const other = [{ name: 'severity', value: 'warn.*', isRegex: true, isEqual: false }];
    const change = { matchers: other, startsAt: inHours(1), endsAt: inHours(5), comment: '' };
    const { status, body } = await send('PUT', `silences/${String(id)}`, change);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...change, id, createdBy: 'ana', state: 'pending' });
  });

  test('that has ended is not changed, and what is not valid is refused', async () => {
    const { id, revision } = await create();
    const path = `silences/${String(id)}`;
    expect((await send('PUT', path, { matchers, endsAt: new Date(0).toISOString() })).status).toBe(400);
    expect((await send('PUT', path, { matchers: [], endsAt: inHours(1) })).status).toBe(400);
    expect((await send('PUT', path, { matchers, endsAt: inHours(24 * 400) })).status).toBe(400);
    const bad = [{ name: 'function', value: '(', isRegex: true, isEqual: true }];
    expect((await send('PUT', path, { matchers: bad, endsAt: inHours(1) })).status).toBe(400);
    expect((await send('PUT', 'silences/si_none', { matchers, endsAt: inHours(1) })).status).toBe(404);
    await send('DELETE', path);
    expect(await send('PUT', path, { matchers, endsAt: inHours(1), revision })).toMatchObject({
      status: 409,
      body: { detail: `Silence ${String(id)} has ended. Nothing was saved. Create another one.` },
    });
  });

  test('is changed by those who may edit alone, and the change is in the audit log', async () => {
    const { id } = await create();
    const path = `/api/v1/alerts/silences/${String(id)}`;
    const headers = { 'content-type': 'application/json' };
    const put = async (scope: string, restriction?: readonly string[]) => {
      const body = JSON.stringify({ name: `${scope}s`, scope, restriction });
      const { token } = await product.json<{ token: string }>('/api/v1/tokens', { method: 'POST', headers, body });
      const init = { method: 'PUT', headers: { ...headers, authorization: `Bearer ${token}` } };
      return (await product.fetch(path, { ...init, body: JSON.stringify({ matchers, endsAt: inHours(1) }) })).status;
    };
    expect(await put('read')).toBe(403);
    // A silence may match alerts of every function.
    expect(await put('edit', ['function:checkout'])).toBe(403);
    expect(await put('edit')).toBe(200);
    const { items } = await product.json<{ items: object[] }>('/api/v1/audit?limit=1');
    expect(items).toMatchObject([{ name: 'edits', method: 'PUT', path, status: 200 }]);
  });
});

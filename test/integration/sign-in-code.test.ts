/** The link that signs a browser in carries a one-time code, never a token; the audit log names who signed in and how. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, runCli, startProduct, startServer } from '../support/product.ts';

let upMs = 0;
let product: TestProduct;

beforeEach(async () => {
  upMs = 0;
  product = await startProduct({ monotonicNow: () => upMs });
});
afterEach(async () => {
  await product.close();
  removeFolder(product.folder);
});

const json = { 'content-type': 'application/json' };
const post = (path: string, body: object, headers: Record<string, string> = {}): Promise<Response> =>
  Promise.resolve(
    product.app.request(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) }),
  );
const asAdmin = { authorization: `Bearer ${ADMIN}` };
const newCode = async (headers: Record<string, string> = asAdmin, body: object = {}): Promise<string> =>
  ((await (await post('/api/v1/session/code', body, headers)).json()) as { code: string }).code;
const newToken = async (scope: string): Promise<{ id: string; token: string }> =>
  (await (await post('/api/v1/tokens', { name: `a ${scope}`, scope }, asAdmin)).json()) as {
    id: string;
    token: string;
  };

test('a code opens one session, within a minute', async () => {
  const code = await newCode();
  upMs = 60_000;
  const signed = await post('/api/v1/session', { code });
  expect([signed.status, await signed.json()]).toEqual([
    200,
    { scope: 'admin', name: 'configured admin', restriction: null, how: 'token' },
  ]);
  expect((await post('/api/v1/session', { code })).status).toBe(401);
  const late = await newCode();
  upMs += 60_001;
  expect((await post('/api/v1/session', { code: late })).status).toBe(401);
  for (const wrong of ['x', ADMIN, code.slice(1), ''])
    expect((await post('/api/v1/session', { code: wrong })).status).toBeOneOf([400, 401]);
});

test('a code is of its own token; a code for another needs admin, and none opens a session of an ingest key', async () => {
  const [reader, sender] = [await newToken('read'), await newToken('ingest')];
  const asReader = { authorization: `Bearer ${reader.token}` };
  const signed = await post('/api/v1/session', { code: await newCode(asReader) });
  expect(await signed.json()).toEqual({ scope: 'read', name: 'a read', restriction: null, how: 'token' });
  const { items } = await product.json<{ items: { id: string; scope: string }[] }>('/api/v1/tokens');
  const admin = items.find(({ scope }) => scope === 'admin')?.id;
  expect((await post('/api/v1/session/code', { tokenId: admin }, asReader)).status).toBe(403);
  expect((await post('/api/v1/session/code', {}, { authorization: `Bearer ${sender.token}` })).status).toBe(403);
  for (const tokenId of [sender.id, 'nobody', 'local'])
    expect((await post('/api/v1/session/code', { tokenId }, asAdmin)).status).toBe(404);
  expect((await post('/api/v1/session', { code: await newCode(asAdmin, { tokenId: reader.id }) })).status).toBe(200);
});

test('a code of a token that is revoked meanwhile is worthless', async () => {
  const reader = await newToken('read');
  const code = await newCode({ authorization: `Bearer ${reader.token}` });
  await product.fetch(`/api/v1/tokens/${reader.id}`, { method: 'DELETE' });
  expect((await post('/api/v1/session', { code })).status).toBe(401);
});

test('the audit log names who signed in, and how', async () => {
  await product.fetch('/api/v1/password', {
    method: 'PUT',
    headers: json,
    body: JSON.stringify({ password: 'correct horse battery' }),
  });
  const reader = await newToken('read');
  const sender = await newToken('ingest');
  const bodies = [
    { token: reader.token },
    { secret: reader.token },
    { password: 'correct horse battery' },
    { secret: 'correct horse battery' },
    { code: await newCode() },
    { password: 'wrong' },
    { token: 'wrong' },
    { secret: 'wrong' },
    { code: 'wrong' },
    { token: sender.token },
  ];
  for (const body of bodies) await post('/api/v1/session', body);
  const { items } = await product.json<{ items: { path: string; name: string; tokenId: string | null }[] }>(
    '/api/v1/audit',
  );
  const signIns = items.filter(({ path }) => path === '/api/v1/session').toReversed();
  expect(signIns.map(({ name }) => name)).toEqual([
    'a read (by token)',
    'a read (by token)',
    'password (by password)',
    'password (by password)',
    'configured admin (by code)',
    'nobody (by password)',
    'nobody (by token)',
    'nobody (by secret)',
    'nobody (by code)',
    'a ingest (by token)',
  ]);
  expect(signIns.map(({ tokenId }) => tokenId !== null)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    true,
  ]);
});

test('the first start and `thermocline sign-in` print links without a token', async () => {
  const folder = memoryFolder();
  const server = await startServer(folder, { THERMOCLINE_ADMIN_TOKEN: '' });
  try {
    const links = async (text: string): Promise<Response> => {
      const code = /http:\/\/127\.0\.0\.1:\d+\/sign-in#code=([\w-]{32})$/m.exec(text)?.[1];
      return fetch(`${server.url}/api/v1/session`, { method: 'POST', headers: json, body: JSON.stringify({ code }) });
    };
    await expect.poll(() => server.output()).toMatch(/sign-in#code=[\w-]{32}$/m);
    expect(server.output()).not.toMatch(/sign-in#token|#.*tc_admin/);
    expect((await links(server.output())).status).toBe(200);
    const printed = await runCli(folder, ['sign-in']);
    expect(printed).toMatchObject({ code: 0, stderr: expect.stringContaining('first admin') });
    expect(printed.stdout).not.toContain('tc_');
    expect((await links(printed.stdout)).status).toBe(200);
    expect((await links(printed.stdout)).status).toBe(401);
  } finally {
    await server.stop();
  }
  expect(await runCli(folder, ['sign-in'])).toMatchObject({ code: 1, stdout: '' });
  removeFolder(folder);
});

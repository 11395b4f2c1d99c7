/** The typed client that the package exports: its example compiles, wrong uses do not, and it talks to a server. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestProduct } from '../support/product.ts';
import { ADMIN, startProduct } from '../support/product.ts';

const root = join(import.meta.dirname, '../..');
let folder: string;
let product: TestProduct;
beforeAll(async () => {
  // A program that has installed the package.
  folder = mkdtempSync(join(tmpdir(), 'client-'));
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/thermocline'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  product = await startProduct();
});
afterAll(async () => {
  await product.close();
  rmSync(folder, { recursive: true });
});

/** What the compiler says of programs; empty if they are right. */
function compiled(sources: Readonly<Record<string, string>>): string {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, `${name}.ts`), source);
  const options = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--outDir',
    'out',
    '--types',
    'node',
    ...Object.keys(sources).map((name) => `${name}.ts`),
  ];
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), ...options], { cwd: folder });
    return '';
  } catch (error) {
    return String((error as { readonly stdout: Buffer }).stdout);
  }
}

const [, EXAMPLE = ''] =
  /## Typed client[\s\S]*?```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/api.md'), 'utf8')) ?? [];

const WRONG = `
// @ts-expect-error no such path
await thermocline.GET('/api/v1/nothing');
// @ts-expect-error no such parameter
await thermocline.GET('/api/v1/overview', { params: { query: { form: 'now-1h' } } });
// @ts-expect-error no such field
export const field = data.nothing;
`;

const ASKED = `
import { createClient } from 'thermocline/client';
const [url = '', token = ''] = process.argv.slice(2);
const right = createClient({ url, token });
const overview = await right.GET('/api/v1/overview', { params: { query: { from: 'now-1h' } } });
const missing = await right.GET('/api/v1/functions/{id}', { params: { path: { id: 'a/b c' } } });
const refused = await createClient({ url, token: 'tc_read_wrong' }).GET('/api/v1/session');
const seen: string[] = [];
await createClient({ url, token, fetch: (request) => { seen.push(request.url); return fetch(request); } }).GET('/healthz');
console.log(JSON.stringify([overview.data?.invocations, missing.error?.code, refused.error?.code, seen.length]));
for (const bad of ['ftp://x', 'x']) try { createClient({ url: bad, token }); } catch (error) { console.log(String(error)); }
`;

/** Both programs at once: most of the time is that of the compiler's start and of the client's types. */
let said: string;
beforeAll(() => {
  said = compiled({ example: EXAMPLE + WRONG, asked: ASKED });
});

test('the example of the documentation compiles; a path, a parameter or a field that does not exist does not', () => {
  expect(EXAMPLE).toContain("from 'thermocline/client'");
  expect(said).toBe('');
});

test('answers and problems of a server', async () => {
  const server = createServer((request, response) => {
    void (async () => {
      const { method = 'GET', headers } = request;
      const init = { method, headers: { authorization: headers.authorization ?? '' } };
      const answer = await product.app.request(`${request.url}`.replace('/prefix', ''), init);
      response
        .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
        .end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`;
  const { execFile } = await import('node:child_process');
  const printed = await new Promise<string>((resolve, reject) =>
    execFile(process.execPath, ['out/asked.js', url, ADMIN], { cwd: folder }, (error, out) =>
      error === null ? resolve(out) : reject(error),
    ),
  );
  server.close();
  expect(printed.split('\n')).toEqual([
    '[0,"not-found","unauthenticated",1]',
    'TypeError: url: expected an address of https or http',
    'TypeError: Invalid URL',
    '',
  ]);
});

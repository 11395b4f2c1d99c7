/** Faults of genuine connections: what `fetch` throws differs with each. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ApiError, readAnswer } from './api-client.ts';
import { connectionFault, unreachable } from './unreachable.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function faultAt(url: string) {
  const error: unknown = await fetch(url).then(
    (response) => response.text(),
    (thrown: unknown) => thrown,
  );
  const found = unreachable(url, error);
  return [found?.message.replace(`Cannot reach ${url}: `, ''), found?.isTemporary];
}

test('a port that nothing listens on', async () => {
  const server = createServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await faultAt(`http://127.0.0.1:${port}`)).toEqual(['the connection was refused (ECONNREFUSED)', true]);
});

test('a host name that does not exist', async () => {
  const [text] = await faultAt('http://thermocline.invalid');
  expect(text).toMatch(/^the host name could not be resolved \((?:ENOTFOUND|EAI_AGAIN)\)$/);
});

test('a server that hangs up', async () => {
  const port = await portOf(createServer((socket) => socket.on('data', () => socket.destroy())));
  expect(await faultAt(`http://127.0.0.1:${port}`)).toEqual([
    'the connection was closed before the answer was complete (UND_ERR_SOCKET)',
    true,
  ]);
});

test('http: where the server speaks TLS, or another protocol', async () => {
  const port = await portOf(
    createServer((socket) =>
      socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')).on('error', () => undefined),
    ),
  );
  const [text, isTemporary] = await faultAt(`http://127.0.0.1:${port}`);
  expect(text).toMatch(/^the answer is not HTTP; is it https:\? \(HPE_INVALID_CONSTANT\)$/);
  expect(isTemporary).toBe(false);
});

test('https: where the server speaks HTTP', async () => {
  const port = await portOf(createHttp((_, response) => response.end('{}')));
  const [text, isTemporary] = await faultAt(`https://127.0.0.1:${port}`);
  expect(text).toMatch(/^the TLS handshake failed; is it http:\? \((?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)\)$/);
  expect(isTemporary).toBe(false);
});

test('a certificate that nobody vouches for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'unreachable-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' });
  const port = await portOf(createHttps({ key: readFileSync(key), cert: readFileSync(cert) }));
  rmSync(folder, { recursive: true });
  expect(await faultAt(`https://localhost:${port}`)).toEqual([
    'its certificate is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
    false,
  ]);
});

test('names that a certificate has are not repeated', () => {
  const message =
    "Hostname/IP does not match certificate's altnames: Host: t.example. is not in the cert's altnames: DNS:obey.me";
  const cause = Object.assign(new Error(message), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  expect(connectionFault(new TypeError('fetch failed', { cause }))).toEqual({
    ...{ text: 'its certificate is for other host names (ERR_TLS_CERT_ALTNAME_INVALID)', isTemporary: false },
  });
});

test('an answer that is cut', async () => {
  const server = createHttp((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"items":[', () => response.destroy());
  });
  const url = `http://127.0.0.1:${await portOf(server)}`;
  await expect(fetch(url).then(readAnswer)).rejects.toThrow(
    `Cannot read ${url}/: the connection was closed before the answer was complete (UND_ERR_SOCKET)`,
  );
});

test.each([502, 200])('the page of a proxy with status %i is no answer', async (status) => {
  const server = createHttp((_, response) => response.writeHead(status).end('<html>Bad Gateway</html>'));
  const url = `http://127.0.0.1:${await portOf(server)}`;
  const error: unknown = await fetch(url)
    .then(readAnswer)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status,
    message: `${url}/ answered with status ${status} and no JSON: is a proxy or another server there?`,
  });
});

test('errors of the program are none of the connection', () => {
  expect(connectionFault(new TypeError("Cannot read properties of undefined (reading 'x')"))).toBe(null);
  expect(connectionFault(new Error('fetch failed'))).toBe(null);
});

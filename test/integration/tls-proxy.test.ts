/** Outgoing requests through a proxy that itself speaks TLS, on loopback. Names ending in `.test` exist for the proxy only. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SsrfSafeClient } from '../../server/alerts/egress/egress-client.ts';
import { AwsDouble, pulledInvocation } from '../support/aws.ts';
import { memoryFolder, removeFolder, runCli } from '../support/product.ts';

let folder: string;
let certificate: string;
let proxy: Server;
let hook: Server;
let tunnels: string[];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

beforeEach(async () => {
  folder = memoryFolder();
  certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  const subject = ['-subj', '/CN=proxy.test', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:hooks.test'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate, ...subject], {
    stdio: 'ignore',
  });
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  tunnels = [];
  hook = createServer(tls, (request, response) => {
    request.resume();
    response.end(`received ${request.url}`);
  });
  proxy = createServer(tls, (_request, response) => response.writeHead(405).end());
  proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
    tunnels.push(request.url ?? '');
    const [host, port] = request.url?.split(':') ?? [];
    if (host !== 'hooks.test' && host !== 'aws.test') {
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const onward = connect(host === 'aws.test' ? Number(port) : portOf(hook), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await Promise.all([listen(proxy), listen(hook)]);
});

afterEach(() => {
  for (const server of [proxy, hook]) {
    server.closeAllConnections();
    server.close();
  }
  vi.unstubAllEnvs();
  removeFolder(folder);
});

test('calls of AWS are tunnelled through a proxy with TLS, whose certificate is verified', async () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };
  const environment = { ...keys, AWS_EC2_METADATA_DISABLED: 'true', HTTPS_PROXY: `https://127.0.0.1:${portOf(proxy)}` };
  const backfill = (more: Record<string, string>) =>
    runCli(folder, ['backfill', '--all-lambda'], { environment: { ...environment, ...more } });
  const trusted = await backfill({ NODE_EXTRA_CA_CERTS: certificate });
  expect(tunnels[0]).toBe('logs.eu-west-1.amazonaws.com:443');
  expect(trusted.stderr).toContain('The proxy refused the connection (502)');
  const seen = tunnels.length;
  const untrusted = await backfill({ AWS_MAX_ATTEMPTS: '1' });
  expect(untrusted.code).toBe(1);
  expect(untrusted.stderr).toMatch(/certificate.*NODE_EXTRA_CA_CERTS/);
  expect(tunnels).toHaveLength(seen);
});

test('calls of AWS over http are tunnelled through a proxy with TLS as well, with the same result', async () => {
  const aws = await AwsDouble.start();
  const { port } = new URL(aws.url);
  aws.group('/aws/lambda/a', pulledInvocation(1, Date.now() - 60_000));
  const { stdout } = await runCli(folder, ['backfill', '--all-lambda'], {
    environment: {
      ...aws.environment,
      AWS_ENDPOINT_URL: `http://aws.test:${port}`,
      HTTP_PROXY: `https://127.0.0.1:${portOf(proxy)}`,
      NODE_EXTRA_CA_CERTS: certificate,
    },
  });
  await aws.stop();
  expect(stdout).toContain('1 of 1 log groups complete: accepted 2');
  expect(new Set(tunnels)).toEqual(new Set([`aws.test:${port}`]));
});

test('webhooks use TLS to the proxy and TLS to the receiver inside the tunnel', async () => {
  const url = `https://127.0.0.1:${portOf(proxy)}`;
  const client = () =>
    new SsrfSafeClient({
      policy: { allow: [], http: false },
      proxy: { http: url, https: url, bypass: [] },
      resolve: (_hostname, _options, done) => done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    });
  const post = async () => {
    const sender = client();
    try {
      return await sender.post({ url: 'https://hooks.test/a?b=c', body: '{}', headers: {} });
    } finally {
      await sender.close();
    }
  };
  await expect(post()).rejects.toThrow('the TLS handshake failed (DEPTH_ZERO_SELF_SIGNED_CERT)');
  expect(tunnels).toEqual([]);
  // This process cannot be given another authority after its start; the test above verifies the certificate.
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  expect(await post()).toMatchObject({ status: 200, body: 'received /a?b=c' });
  expect(tunnels).toEqual(['hooks.test:443']);
});

/** Outgoing requests through a proxy on loopback. Names ending in `.test` exist for the proxy only. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SsrfSafeClient } from '../../server/alerts/egress/egress-client.ts';
import { ConfigError, readConfig } from '../../server/config/environment.ts';
import { AwsDouble, pulledInvocation } from '../support/aws.ts';
import { memoryFolder, removeFolder, runCli } from '../support/product.ts';

/** A proxy that records what it is asked for. It forwards `http:` requests to loopback and refuses tunnels with 502. */
class LoopbackProxy {
  readonly tunnels: string[] = [];
  readonly forwarded: string[] = [];
  readonly authorization: (string | undefined)[] = [];
  readonly #server = createServer((request, response) => this.#forward(request, response));

  async start(): Promise<void> {
    this.#server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.tunnels.push(request.url ?? '');
      this.authorization.push(request.headers['proxy-authorization']);
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    this.forwarded.push(request.url ?? '');
    this.authorization.push(request.headers['proxy-authorization']);
    const { port, pathname, search } = new URL(request.url ?? '');
    const { method, headers } = request;
    const onward = httpRequest({ host: '127.0.0.1', port, path: pathname + search, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  }
}

let proxy: LoopbackProxy;
let folder: string;
beforeEach(async () => {
  proxy = new LoopbackProxy();
  await proxy.start();
  folder = memoryFolder();
});
afterEach(() => {
  proxy.stop();
  removeFolder(folder);
});

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };

test.each(['HTTPS_PROXY', 'https_proxy'])('calls of AWS take %s', async (name) => {
  const environment = { ...KEYS, AWS_EC2_METADATA_DISABLED: 'true', [name]: proxy.url };
  const { code, stderr } = await runCli(folder, ['backfill', '--all-lambda'], { environment });
  expect(code).toBe(1);
  expect(proxy.tunnels[0]).toBe('logs.eu-west-1.amazonaws.com:443');
  expect(stderr).toContain('The proxy refused the connection (502)');
  const direct = await runCli(folder, ['backfill', '--all-lambda'], {
    environment: { ...environment, NO_PROXY: '.amazonaws.com', AWS_MAX_ATTEMPTS: '1' },
  });
  expect(direct.code).toBe(1);
  expect(proxy.tunnels).toHaveLength(1);
});

test('requests over http go through HTTP_PROXY with their whole address, and give the same result', async () => {
  const aws = await AwsDouble.start();
  aws.group('/aws/lambda/a', pulledInvocation(1, Date.now() - 60_000));
  aws.functions.push({ FunctionName: 'f', FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f' });
  const { port } = new URL(aws.url);
  const proxied = { ...aws.environment, AWS_ENDPOINT_URL: `http://aws.test:${port}`, HTTP_PROXY: proxy.url };
  const result = await runCli(folder, ['backfill', '--all-lambda'], { environment: proxied });
  expect(result.stdout).toContain('1 of 1 log groups complete: accepted 2');
  // A query and a path with encoded characters keep their signature valid.
  const inventory = await runCli(folder, ['inventory'], { environment: proxied });
  expect(inventory.stdout).toContain('1 functions');
  await aws.stop();
  expect(new Set(proxy.forwarded.map((url) => new URL(url).host))).toEqual(new Set([`aws.test:${port}`]));
});

/** Listens on a free port of those that webhooks may use. */
async function listenOnAllowedPort(server: Server): Promise<number> {
  for (let port = 8000; port <= 9999; port += 1) {
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    server.removeAllListeners('error');
    if (listens) return port;
  }
  throw new Error('no free port');
}

test('webhooks take the proxy; private addresses stay blocked, and this machine is reached directly', async () => {
  const received: string[] = [];
  const hook = createServer((request, response) => {
    received.push(request.url ?? '');
    request.resume();
    response.end('ok');
  });
  const port = await listenOnAllowedPort(hook);
  const settings = { http: proxy.url.replace('//', '//user:pass@'), https: proxy.url, bypass: ['direct.test'] };
  const addresses: Record<string, string> = { 'lan.test': '10.1.2.3', 'metadata.test': '169.254.169.254' };
  const client = new SsrfSafeClient({
    policy: { allow: ['127.0.0.0/8'], http: true },
    proxy: settings,
    resolve: (hostname, _options, done) => {
      const address = addresses[hostname];
      if (address === undefined) done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
      else done(null, [{ address, family: 4 }]);
    },
  });
  const post = (url: string) => client.post({ url, body: '{}', headers: {} });
  expect(await post(`http://hooks.test:${port}/a?b=c`)).toMatchObject({ status: 200, body: 'ok' });
  expect(proxy.forwarded).toEqual([`http://hooks.test:${port}/a?b=c`]);
  expect(proxy.authorization[0]).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`);
  await expect(post('https://hooks.test/x')).rejects.toThrow('the proxy refused the connection (502)');
  expect(proxy.tunnels).toEqual(['hooks.test:443']);
  for (const host of ['lan.test', 'metadata.test'])
    await expect(post(`http://${host}:${port}/`)).rejects.toThrow('resolves to an address that');
  await expect(post(`http://10.1.2.3:${port}/`)).rejects.toThrow('not in THERMOCLINE_OUTBOUND_ALLOW');
  await expect(post(`http://direct.test:${port}/`)).rejects.toThrow('could not be resolved');
  expect(await post(`http://127.0.0.1:${port}/direct`)).toMatchObject({ status: 200 });
  expect(proxy.forwarded).toHaveLength(1);
  expect(received).toEqual(['/a?b=c', '/direct']);
  await client.close();
  hook.closeAllConnections();
  hook.close();
});

test('proxies are read from the environment, in both cases', () => {
  const read = (environment: Record<string, string>) => readConfig({ THERMOCLINE_DATA: folder, ...environment }).proxy;
  expect(read({})).toEqual({ http: null, https: null, bypass: [] });
  expect(read({ HTTPS_PROXY: 'proxy:3128', http_proxy: 'http://a', HTTP_PROXY: 'http://b' })).toEqual({
    http: 'http://a',
    https: 'http://proxy:3128',
    bypass: [],
  });
  expect(read({ NO_PROXY: 'a.example, .b.example 10.0.0.0/8' }).bypass).toEqual([
    'a.example',
    '.b.example',
    '10.0.0.0/8',
  ]);
  expect(read({ HTTPS_PROXY: '', https_proxy: '' }).https).toBeNull();
  expect(() => read({ HTTPS_PROXY: 'ftp://proxy' })).toThrow(ConfigError);
});

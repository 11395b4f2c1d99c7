/** Egress client: what it blocks before and while connecting, and how much of a response it reads. */
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutboundError, SsrfSafeClient } from './egress-client.ts';
import { blockReasonOf } from './outbound-address.ts';

let accepted = 0;
let port = 0;
const canary = createServer((socket) => {
  accepted += 1;
  socket.destroy();
});
beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  port = (canary.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => canary.close(resolve)));

const post = (client: SsrfSafeClient, url: string) => client.post({ url, body: '{}', headers: {} });
const open = { allow: ['127.0.0.0/8', '::1'], http: true };

describe('addresses in every spelling', () => {
  const client = new SsrfSafeClient({
    policy: { allow: [], http: true },
    resolve: (_, __, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
  });
  afterAll(() => client.close());

  test.each([
    'http://127.0.0.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://017700000001/',
    'http://127.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://localhost/',
    'http://localhost./',
    'http://LOCALHOST/',
    'http://a.localhost/',
    'http://[::1]/',
    'http://[::]/',
    'http://0.0.0.0/',
    'http://0/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[2002:a00:1::1]/',
    'http://[2001:0:1234::80ff:fffe]/',
    'http://10.0.0.1/',
    'http://10.255.255.255/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://100.100.100.200/',
    'http://198.18.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fc00::1]/',
    'http://[ff02::1]/',
    'http://224.0.0.1/',
    'http://239.255.255.250/',
    'http://255.255.255.255/',
    'http://240.0.0.1/',
    'http://192.0.0.192/',
    'http://169.254.169.254.nip.io/',
    'http://xn--n3h.example/',
    'http://metadata.google.internal/',
    'http://user@127.0.0.1/',
    'http://user:pass@example.com/',
    'http://a#@127.0.0.1/',
    'http://127.0.0.1\\@example.com/',
    'http://exa\tmple.com:22/',
    'https://example.com:22/',
    'https://example.com:25/',
    'https://example.com:6379/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ftp://example.com/',
    'javascript:alert(1)',
    'data:text/plain,x',
    '//example.com/',
    'example.com',
    '',
    'http://',
    'https://[::1',
    'http:127.0.0.1',
  ])('%j', async (url) => {
    await expect(post(client, url)).rejects.toMatchObject({ name: 'OutboundError', blocked: true });
  });

  test('public addresses are allowed', () => {
    for (const address of ['93.184.216.34', '2606:4700::1111', '::ffff:93.184.216.34', '64:ff9b::5db8:d822']) {
      expect(blockReasonOf(address, [])).toBeNull();
    }
    for (const url of ['https://example.com/', 'https://example.com:8443/x', 'http://example.com/']) {
      expect(client.blockReason(url)).toBeNull();
    }
  });

  test('allowing a private network does not allow other ports for host names', () => {
    const lan = new SsrfSafeClient({ policy: { allow: ['10.0.0.0/8'], http: true } });
    expect(lan.blockReason('http://10.1.2.3:3000/')).toBeNull();
    for (const url of ['https://example.com:25/', 'http://smtp.internal:25/', 'http://127.0.0.1:3000/']) {
      expect(lan.blockReason(url)).not.toBeNull();
    }
  });

  test('http: only if the operator allows it', () => {
    const strict = new SsrfSafeClient({ policy: { allow: [], http: false } });
    expect(strict.blockReason('http://example.com/')).toContain('THERMOCLINE_OUTBOUND_HTTP');
    expect(strict.blockReason('https://example.com/')).toBeNull();
  });

  test('an invalid network is named', () => {
    expect(() => new SsrfSafeClient({ policy: { allow: ['10.0.0.0/8', 'lan'], http: false } })).toThrow(
      'lan is not a valid IP address or CIDR range',
    );
  });
});

describe('reasons', () => {
  const client = new SsrfSafeClient({ policy: { allow: [], http: true } });
  test.each([
    ['example.com/hook', 'expected an absolute URL such as https://example.com/hook'],
    ['ftp://example.com/', 'expected https:, got ftp:'],
    ['https://user@example.com/', 'credentials in the URL are not allowed. Use a header instead'],
    ['https://:pass@example.com/', 'credentials in the URL are not allowed. Use a header instead'],
    ['https://a.localhost./', 'localhost is not allowed. Add 127.0.0.0/8 to THERMOCLINE_OUTBOUND_ALLOW'],
    ['https://example.com:7999/', 'port 7999 is not allowed. Use 80, 443 or 8000 to 9999'],
    ['https://example.com:10000/', 'port 10000 is not allowed. Use 80, 443 or 8000 to 9999'],
    ['https://10.0.0.1/', 'the address is private and not in THERMOCLINE_OUTBOUND_ALLOW'],
    ['https://example.com:8000/', null],
    ['https://example.com:9999/', null],
    ['https://notlocalhost/', null],
  ])('%s: %s', (url, reason) => expect(client.blockReason(url)).toBe(reason));

  test.each([
    ['ECONNREFUSED', 'the connection was refused'],
    ['ECONNRESET', 'the connection was closed before a response'],
    ['ENOTFOUND', 'the host name could not be resolved'],
    ['EAI_AGAIN', 'the host name could not be resolved'],
    ['UND_ERR_ABORTED', 'the request was aborted'],
    ['UND_ERR_HEADERS_OVERFLOW', 'the response headers are too large'],
    ['UND_ERR_CONNECT_TIMEOUT', 'the request timed out'],
    ['UND_ERR_HEADERS_TIMEOUT', 'the request timed out'],
    ['UND_ERR_BODY_TIMEOUT', 'the request timed out'],
    ['ETIMEDOUT', 'the request timed out'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the TLS handshake failed (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['ERR_TLS_HANDSHAKE_TIMEOUT', 'the TLS handshake failed (ERR_TLS_HANDSHAKE_TIMEOUT)'],
    ['CERT_HAS_EXPIRED', 'the TLS handshake failed (CERT_HAS_EXPIRED)'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'the TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)'],
    ['DEPTH_ZERO_SELF_SIGNED', 'the TLS handshake failed (DEPTH_ZERO_SELF_SIGNED)'],
    ['UNABLE_TO_VERIFY', 'the TLS handshake failed (UNABLE_TO_VERIFY)'],
    ['UND_ERR_PRX_TLS', 'the TLS handshake failed (UND_ERR_PRX_TLS)'],
    ['EMFILE', 'the request failed (EMFILE)'],
    [null, 'the request failed'],
  ])('an error %s: %s', async (code, expected) => {
    const error = Object.assign(new Error('at 10.0.0.1'), code === null ? {} : { code });
    const failing = new SsrfSafeClient({ policy: open, resolve: (_, __, done) => done(error, []) });
    await expect(post(failing, 'http://a.example:8080/')).rejects.toThrow(
      expect.objectContaining({ message: expected, blocked: false }),
    );
    await failing.close();
  });

  test.each([
    ['Proxy response (407) !== 200 when HTTP Tunneling', 'the proxy refused the connection (407)'],
    ['Proxy closed', 'the proxy refused the connection (no status)'],
    ['A Proxy of 407', 'the request was aborted'],
  ])('%s: %s', async (message, expected) => {
    const error = Object.assign(new Error(message), { code: 'UND_ERR_ABORTED' });
    const failing = new SsrfSafeClient({ policy: open, resolve: (_, __, done) => done(error, []) });
    await expect(post(failing, 'http://a.example:8080/')).rejects.toThrow(expected);
    await failing.close();
  });

  test('a name without an address fails', async () => {
    const empty = new SsrfSafeClient({ policy: open, resolve: (_, __, done) => done(null, []) });
    await expect(post(empty, 'http://a.example:8080/')).rejects.toMatchObject({ blocked: false });
    await empty.close();
  });
});

describe('the address connected to is the one that was checked', () => {
  test('a name that resolves to a private address, or to a public and a private one', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1'], ['93.184.216.34', '127.0.0.1']];
    for (const addresses of answers.slice(1)) {
      const client = new SsrfSafeClient({
        policy: { allow: [], http: true },
        resolve: (_, __, done) =>
          done(
            null,
            addresses.map((address) => ({ address, family: 4 })),
          ),
      });
      await expect(post(client, `http://rebinding.example:${port}/`)).rejects.toMatchObject({ blocked: true });
      await expect(post(client, 'http://rebinding.example:8080/')).rejects.toMatchObject({ blocked: true });
      await client.close();
    }
    expect(accepted).toBe(0);
  });

  test('every request resolves the name again', async () => {
    let lookups = 0;
    const client = new SsrfSafeClient({
      policy: { allow: ['127.0.0.2/32'], http: true },
      resolve: (_, __, done) => {
        lookups += 1;
        done(null, [{ address: lookups === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }]);
      },
    });
    // Refused by the operating system (no listener), not by the policy.
    await expect(post(client, 'http://moves.example:8999/')).rejects.toMatchObject({ blocked: false });
    await expect(post(client, 'http://moves.example:8999/')).rejects.toMatchObject({ blocked: true });
    expect(lookups).toBe(2);
    await client.close();
  });
});

describe('behind a proxy', () => {
  const asked: string[] = [];
  const proxy = createHttp((request, response) => {
    asked.push(request.url ?? '');
    request.resume();
    response.end('by proxy');
  });
  beforeAll(() => new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => proxy.close(resolve)));

  test.each([
    ['a name that resolves to a private address is blocked', 'http://inside.example:8080/', true],
    ['one of a public address is forwarded', 'http://outside.example:8080/', false],
    ['one that only the proxy knows is forwarded', 'http://unknown.example:8080/', false],
    ['an address is not looked up', 'http://93.184.216.34:8080/', false],
  ])('%s', async (_, url, isBlocked) => {
    asked.length = 0;
    const http = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const client = new SsrfSafeClient({
      policy: { allow: [], http: true },
      proxy: { http, https: null, bypass: [] },
      resolve: (hostname, { all }, done) => {
        expect(all).toBe(true);
        if (hostname === 'unknown.example') return done(new Error('ENOTFOUND'), []);
        const address = { 'inside.example': '10.0.0.1', 'outside.example': '93.184.216.34' }[hostname];
        if (address === undefined) throw new Error(`looked up ${hostname}`);
        done(null, [{ address, family: 4 }]);
      },
    });
    const sent = post(client, url).then(
      ({ body }) => body,
      (error: OutboundError) => error.blocked,
    );
    expect(await sent).toBe(isBlocked ? true : 'by proxy');
    expect(asked).toEqual(isBlocked ? [] : [url]);
    await client.close();
  });
});

describe('responses', () => {
  const respond = new Map<string, (response: import('node:http').ServerResponse) => void>();
  const server = createHttp((request, response) => {
    request.resume();
    request.on('end', () => respond.get(request.url ?? '')?.(response));
  });
  let base = '';
  // On a busy machine an answer takes its time.
  const client = new SsrfSafeClient({ policy: open, timeoutMs: 300_000 });
  const impatient = new SsrfSafeClient({ policy: open, timeoutMs: 1000 });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await Promise.all([client.close(), impatient.close()]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('sends the method, headers and body, closes the connection, and returns headers that occur twice as one', async () => {
    const seen: unknown[] = [];
    const echo = createHttp((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { connection, 'x-key': key } = request.headers;
        seen.push({ method: request.method, connection, key, body: Buffer.concat(chunks).toString() });
        response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'x-one': '1' }).end('ok');
      });
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    let nowMs = 100;
    const clock = new SsrfSafeClient({ policy: open, now: () => (nowMs += 7) });
    const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`;
    expect(await clock.post({ url, body: '{"a":1}', headers: { 'x-key': 'k' } })).toMatchObject({
      status: 201,
      headers: { 'set-cookie': 'a=1, b=2', 'x-one': '1' },
      body: 'ok',
      tookMs: 7,
    });
    expect(seen).toEqual([{ method: 'POST', connection: 'close', key: 'k', body: '{"a":1}' }]);
    await clock.close();
    await new Promise((resolve) => echo.close(resolve));
  });

  test('a server that closes the connection', async () => {
    respond.set('/close', (response) => response.socket?.destroy());
    await expect(post(client, `${base}/close`)).rejects.toThrow('the connection was closed before a response');
  });

  test('redirects are not followed', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      respond.set(`/${status}`, (response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end(),
      );
      expect((await post(client, `${base}/${status}`)).status).toBe(status);
    }
    expect(accepted).toBe(0);
  });

  test('endless bodies, slow bodies, gzip bombs and too many headers are cut off', async () => {
    let closeHuge = (_bytes: number): void => undefined;
    const hugeClosed = new Promise<number>((resolve) => (closeHuge = resolve));
    respond.set('/huge', (response) => {
      const chunk = Buffer.alloc(65_536, 120);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      const { socket } = response;
      response.on('close', () => closeHuge(socket?.bytesWritten ?? 0));
      response.writeHead(200);
      more();
    });
    const huge = await post(client, `${base}/huge`);
    expect(huge.body).toHaveLength(65_536);
    let closeDrip = (): void => undefined;
    const dripClosed = new Promise<void>((resolve) => (closeDrip = resolve));
    respond.set('/drip', (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => {
        clearInterval(drip);
        closeDrip();
      });
    });
    const drip = await post(impatient, `${base}/drip`);
    expect([drip.status, drip.body]).toEqual([200, expect.stringMatching(/^\.+$/)]);
    await dripClosed;
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    respond.set('/bomb', (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect((await post(client, `${base}/bomb`)).body.length).toBeLessThanOrEqual(65_536);
    respond.set('/headers', (response) => {
      for (let n = 0; n < 10_000; n += 1) response.setHeader(`x-${n}`, 'y');
      response.end();
    });
    await expect(post(client, `${base}/headers`)).rejects.toThrow('response headers are too large');
    // What the kernel buffers on both sides, not a gigabyte.
    const hugeBytes = await hugeClosed;
    expect(hugeBytes).toBeGreaterThan(0);
    expect(hugeBytes).toBeLessThan(64 * 1_048_576);
  });

  test('a status counts although its body breaks off, and nothing counts without a status', async () => {
    respond.set('/reset', (response) => {
      response.writeHead(410, { 'content-length': '100' });
      response.write('gone');
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
    });
    expect(await post(client, `${base}/reset`)).toMatchObject({ status: 410, body: 'gone' });
    respond.set('/silent', () => undefined);
    await expect(post(impatient, `${base}/silent`)).rejects.toThrow('no response within 1 s');
  });

  test('errors contain no addresses', async () => {
    const error = await post(client, 'http://127.0.0.1:9/').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OutboundError);
    expect(String(error)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    await expect(post(client, `http://127.0.0.1:${free}/`)).rejects.toThrow('the connection was refused');
  });
});

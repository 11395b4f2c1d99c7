/** The one door out: what it refuses before and while connecting, and what it reads. */
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GuardedFetch, OutboundError } from '../../server/alerts/egress/egress-client.ts';
import { refusalOf } from '../../server/alerts/egress/outbound-address.ts';

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

const post = (door: GuardedFetch, url: string) => door.post({ url, body: '{}', headers: {} });
const open = { allow: ['127.0.0.0/8', '::1'], http: true };

describe('blocked addresses in every spelling', () => {
  const door = new GuardedFetch({
    policy: { allow: [], http: true },
    resolve: (_, __, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
  });
  afterAll(() => door.close());

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
    await expect(post(door, url)).rejects.toMatchObject({ name: 'OutboundError', blocked: true });
  });

  test('public ones are let through', () => {
    for (const address of ['93.184.216.34', '2606:4700::1111', '::ffff:93.184.216.34', '64:ff9b::5db8:d822']) {
      expect(refusalOf(address, [])).toBeNull();
    }
    for (const url of ['https://example.com/', 'https://example.com:8443/x', 'http://example.com/']) {
      expect(door.refusal(url)).toBeNull();
    }
  });

  test('a private network that is allowed opens no other ports of names', () => {
    const lan = new GuardedFetch({ policy: { allow: ['10.0.0.0/8'], http: true } });
    expect(lan.refusal('http://10.1.2.3:3000/')).toBeNull();
    for (const url of ['https://example.com:25/', 'http://smtp.internal:25/', 'http://127.0.0.1:3000/']) {
      expect(lan.refusal(url)).not.toBeNull();
    }
  });

  test('http: only where the operator wants it', () => {
    const strict = new GuardedFetch({ policy: { allow: [], http: false } });
    expect(strict.refusal('http://example.com/')).toContain('THERMOCLINE_OUTBOUND_HTTP');
    expect(strict.refusal('https://example.com/')).toBeNull();
  });

  test('a network that is none is named', () => {
    expect(() => new GuardedFetch({ policy: { allow: ['10.0.0.0/8', 'lan'], http: false } })).toThrow(
      'lan is no network',
    );
  });
});

describe('the connection uses the address that was checked', () => {
  test('a name that is public first and private then; a name that is both', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1'], ['93.184.216.34', '127.0.0.1']];
    for (const addresses of answers.slice(1)) {
      const door = new GuardedFetch({
        policy: { allow: [], http: true },
        resolve: (_, __, done) =>
          done(
            null,
            addresses.map((address) => ({ address, family: 4 })),
          ),
      });
      await expect(post(door, `http://rebinding.example:${port}/`)).rejects.toMatchObject({ blocked: true });
      await expect(post(door, 'http://rebinding.example:8080/')).rejects.toMatchObject({ blocked: true });
      await door.close();
    }
    expect(accepted).toBe(0);
  });

  test('every attempt looks again', async () => {
    let asked = 0;
    const door = new GuardedFetch({
      policy: { allow: ['127.0.0.2/32'], http: true },
      resolve: (_, __, done) => {
        asked += 1;
        done(null, [{ address: asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }]);
      },
    });
    // Refused by nobody listening there, not by us.
    await expect(post(door, 'http://moves.example:8999/')).rejects.toMatchObject({ blocked: false });
    await expect(post(door, 'http://moves.example:8999/')).rejects.toMatchObject({ blocked: true });
    expect(asked).toBe(2);
    await door.close();
  });
});

describe('answers', () => {
  const respond = new Map<string, (response: import('node:http').ServerResponse) => void>();
  const server = createHttp((request, response) => {
    request.resume();
    request.on('end', () => respond.get(request.url ?? '')?.(response));
  });
  let base = '';
  const door = new GuardedFetch({ policy: open, timeoutMs: 1000 });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await door.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('redirects are not followed', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      respond.set(`/${status}`, (response) =>
        response.writeHead(status, { location: `http://127.0.0.1:${port}/` }).end(),
      );
      expect((await post(door, `${base}/${status}`)).status).toBe(status);
    }
    expect(accepted).toBe(0);
  });

  test('a response of 1 GB, a slow one, a gzip bomb and ten thousand headers are cut off, and the event loop keeps running', async () => {
    let late = 0;
    let at = performance.now();
    const timer = setInterval(() => {
      late = Math.max(late, performance.now() - at - 10);
      at = performance.now();
    }, 10);
    respond.set('/huge', (response) => {
      const chunk = Buffer.alloc(65_536, 120);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more);
      };
      response.writeHead(200);
      more();
    });
    const huge = await post(door, `${base}/huge`);
    expect(huge.body).toHaveLength(65_536);
    respond.set('/drip', (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(drip));
    });
    const began = performance.now();
    await expect(post(door, `${base}/drip`)).rejects.toThrow('no whole answer within 1 s');
    expect(performance.now() - began).toBeLessThan(2000);
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    respond.set('/bomb', (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect((await post(door, `${base}/bomb`)).body.length).toBeLessThanOrEqual(65_536);
    respond.set('/headers', (response) => {
      for (let n = 0; n < 10_000; n += 1) response.setHeader(`x-${n}`, 'y');
      response.end();
    });
    await expect(post(door, `${base}/headers`)).rejects.toThrow('headers of the answer are too large');
    clearInterval(timer);
    expect(late).toBeLessThan(500);
  });

  test('error messages contain no addresses', async () => {
    const error = await post(door, 'http://127.0.0.1:9/').then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OutboundError);
    expect(String(error)).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const free = (closed.address() as AddressInfo).port;
    await new Promise((resolve) => closed.close(resolve));
    await expect(post(door, `http://127.0.0.1:${free}/`)).rejects.toThrow('the connection was refused');
  });
});

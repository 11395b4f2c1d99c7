/** The Connect route and command, and the forwarder bundle against a real server. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../support/command.ts';
import { b64, gz, invocation, message, requestId } from '../support/firehose.ts';
import { ADMIN, memoryFolder, removeFolder, startServer } from '../support/product.ts';

const BUNDLE = new URL('../../dist/forwarder/index.cjs', import.meta.url).pathname;
let folder: string;

beforeEach(() => {
  folder = memoryFolder();
});

afterEach(() => removeFolder(folder));

test('connect lists its kits, renders one, and creates a working key', async () => {
  const list = await runCommand(folder, ['connect']);
  for (const kit of [
    'cloudformation',
    'sam',
    'terraform',
    'metrics',
    'forwarder',
    'opentelemetry',
    'pull',
    'file',
    'proxy',
  ])
    expect(list.stdout).toMatch(new RegExp(`^${kit} `, 'm'));
  const server = await startServer(folder);
  try {
    const made = await runCommand(folder, ['connect', 'cloudformation', '--endpoint', 'https://tc.corp.example']);
    expect(made.stdout).toContain('Default: https://tc.corp.example/ingest/firehose');
    expect(made.stdout).not.toContain('thermocline.example.com');
    const key = /AccessKey=(tc_ingest_\S+)/.exec(made.stderr)?.[1] ?? '';
    expect(made.stderr).not.toContain('Firehose only delivers to https on port 443');
    const headers = { authorization: `Bearer ${key}` };
    const sent = await fetch(`${server.url}/ingest/logs`, { method: 'POST', headers, body: '' });
    expect(sent.status).toBe(200);
    expect((await fetch(`${server.url}/api/v1/overview`, { headers })).status).toBe(403);
    const plain = await runCommand(folder, ['connect', 'terraform', '--no-key']);
    expect(plain.stderr).toContain('TF_VAR_access_key=YOUR_INGEST_KEY');
    expect(plain.stderr).toContain('Firehose only delivers to https on port 443');
    expect((await runCommand(folder, ['connect', 'nomad'])).stderr).toContain('Allowed choices are cloudformation');
    for (const [endpoint, said] of [
      ['https://', '--endpoint'],
      ['ftp://h', '--endpoint'],
      ['https://h/?key=1', 'without user, query and fragment'],
      ['https://h/ingest/firehose', 'leave out /ingest/firehose'],
    ] as const)
      expect((await runCommand(folder, ['connect', 'sam', '--endpoint', endpoint])).stderr).toContain(said);
    const prefixed = await runCommand(folder, [
      'connect',
      'cloudformation',
      '--no-key',
      '--endpoint',
      'https://obs.example.com/thermocline/',
    ]);
    expect(prefixed.stderr).toContain('EndpointUrl=https://obs.example.com/thermocline/ingest/firehose');
    expect(prefixed.stdout).toContain('Default: https://obs.example.com/thermocline/ingest/firehose');
    const inside = await runCommand(folder, [
      'connect',
      'forwarder',
      '--no-key',
      '--endpoint',
      'http://10.0.1.20:8020',
    ]);
    expect(inside.stderr).toContain('travel unencrypted');
    expect(inside.stderr).toContain('EndpointUrl=http://10.0.1.20:8020/ingest/lambda');
    expect(inside.stderr).toContain('SubnetIds=SUBNET_IDS');
    const answer = (await (
      await fetch(`${server.url}/api/v1/connect`, { headers: { authorization: `Bearer ${ADMIN}` } })
    ).json()) as { kits: { id: string; files: { name: string; text: string }[] }[]; problem: string };
    expect(answer.problem).toContain('port 443');
    const forwarder = answer.kits.find((kit) => kit.id === 'forwarder');
    expect(forwarder?.files[0]?.text).toContain('ZipFile: |');
    expect(forwarder?.files[0]?.text).not.toContain('FORWARDER_CODE');
  } finally {
    await server.stop();
  }
});

test('what connect prints or writes can be deployed: one file in a stream, several in a folder', async () => {
  const connect = (...args: string[]) =>
    runCommand(folder, ['connect', ...args, '--no-key', '--endpoint', 'https://tc.corp.example']);
  for (const kit of ['cloudformation', 'sam', 'forwarder']) {
    const { stdout, stderr } = await connect(kit);
    const documents = parseAllDocuments(stdout, { logLevel: 'silent' });
    expect([kit, documents.length, documents[0]?.errors]).toEqual([kit, 1, []]);
    expect(documents[0]?.toJS()).toMatchObject({ AWSTemplateFormatVersion: '2010-09-09', Resources: {}, Outputs: {} });
    expect(stdout.match(/^Resources:/gm)).toHaveLength(1);
    expect(stderr).toContain('--template-file');
  }
  expect((await connect('sam')).stdout).toMatch(/^Transform: AWS::Serverless-2016-10-31$/m);
  expect(JSON.parse((await connect('pull')).stdout)).toHaveProperty('Statement');
  const piped = await connect('proxy');
  expect(piped).toMatchObject({ code: 1, stdout: '' });
  expect(piped.stderr).toContain('proxy has 2 files (Caddyfile, nginx.conf)');
  const out = join(folder, 'new', 'kit');
  const written = await connect('proxy', '--out', out);
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(written.stderr).toContain(`Written to ${out}: Caddyfile, nginx.conf`);
  expect(readFileSync(join(out, 'nginx.conf'), 'utf8')).toContain('tc.corp.example');
  expect((await connect('proxy', '--out', out)).stderr).toContain('Caddyfile exists there and is not overwritten');
  expect((await connect('file', '--out', out)).stderr).toContain('has no files');
  await connect('terraform', '--out', join(folder, 'tf'));
  expect(readdirSync(join(folder, 'tf'))).toEqual(['main.tf', 'outputs.tf', 'variables.tf']);
});

describe('the forwarder', () => {
  /** Runs the bundle's handler in a separate process, as Lambda would. */
  function invoke(event: unknown, environment: Record<string, string>): { ok: boolean; text: string } {
    const script = `require(${JSON.stringify(BUNDLE)}).handler(JSON.parse(require('fs').readFileSync(0))).then((r) => console.log(JSON.stringify(r)), (e) => { console.log(e.message); process.exitCode = 1; })`;
    try {
      const text = execFileSync(process.execPath, ['-e', script], {
        input: JSON.stringify(event),
        env: { PATH: process.env['PATH'], AWS_REGION: 'eu-west-1', ...environment },
        encoding: 'utf8',
        timeout: 600_000,
      });
      return { ok: true, text };
    } catch (error) {
      return { ok: false, text: String((error as { stdout?: string }).stdout) };
    }
  }

  const payload = (events: Parameters<typeof message>[0]) => ({ awslogs: { data: b64(gz(message(events))) } });

  test('is smaller than 10 kB and needs only Node', () => {
    expect(statSync(BUNDLE).size).toBeLessThan(10_000);
    const required = [...readFileSync(BUNDLE, 'utf8').matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1]);
    expect(required).toEqual(['node:zlib']);
  });

  test('delivers platform lines, drops application lines, and accepts Kinesis records', async () => {
    const server = await startServer(folder);
    const environment = { ENDPOINT: `${server.url}/ingest/lambda`, ACCESS_KEY: ADMIN, PLATFORM_LINES_ONLY: 'yes' };
    const read = async (path: string) =>
      (await (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })).json()) as Record<
        string,
        unknown
      >;
    try {
      const app = { id: '9', timestamp: Date.now(), message: 'hello from the application' };
      expect(invoke(payload([...invocation(1, Date.now() - 60_000), app]), environment)).toMatchObject({
        ok: true,
        text: '{"delivered":1,"filteredLines":1}\n{"delivered":1,"filteredLines":1}\n',
      });
      expect(await read('/api/v1/ingest/status')).toMatchObject({ accepted: 2, ignored: 0 });
      // Without platform lines nothing is sent.
      expect(invoke(payload([app]), environment).text).toContain('{"delivered":0,"filteredLines":1}\n');
      expect(invoke(payload([app]), { ...environment, PLATFORM_LINES_ONLY: 'no' }).text).toBe(
        '{"delivered":1,"filteredLines":0}\n',
      );
      expect(await read('/api/v1/ingest/status')).toMatchObject({ accepted: 2, ignored: 1 });
      // A feed passes whole; an unreadable record passes as it is and becomes a dead letter, so that it does not block the shard.
      const span = readFileSync(new URL('../fixtures/field/delivery/07.event.json', import.meta.url), 'utf8');
      expect(invoke(JSON.parse(span), environment).text).toBe('{"delivered":1,"filteredLines":0}\n');
      expect(await read('/api/v1/ingest/status')).toMatchObject({ accepted: 3, ignored: 1, rejected: 0 });
      const poison = { Records: [{ kinesis: { data: 'This is Bauva' } }, { kinesis: {} }] };
      expect(invoke(poison, environment).text).toBe('{"delivered":2,"filteredLines":0}\n');
      expect(await read('/api/v1/ingest/status')).toMatchObject({ accepted: 3, rejected: 2 });
      const kinesis = { Records: [{ kinesis: payload(invocation(2, Date.now() - 50_000)).awslogs }] };
      expect(invoke(kinesis, environment).ok).toBe(true);
      const { items } = (await read('/api/v1/invocations')) as {
        items: { requestId: string; function: { region: string } }[];
      };
      expect(items.map((item) => [item.requestId, item.function.region])).toEqual([
        [requestId(2), 'eu-west-1'],
        [requestId(1), 'eu-west-1'],
      ]);
    } finally {
      await server.stop();
    }
  });

  test.each([
    ['a wrong key', 401],
    ['a busy server', 503],
    ['a redirect', 302],
    ['another success', 202],
  ])('throws on %s, so that Lambda tries again', async (_name, status) => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('no');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { handler } = await loadBundle();
    Object.assign(process.env, { ENDPOINT: `http://127.0.0.1:${port}/ingest/lambda`, ACCESS_KEY: 'x' });
    await expect(handler(payload(invocation(1)))).rejects.toThrow();
    server.closeAllConnections();
    server.close();
  });

  test('throws if the server is unreachable or the event has an unknown shape', async () => {
    const { handler } = await loadBundle();
    Object.assign(process.env, { ENDPOINT: 'http://127.0.0.1:9/', TIMEOUT_MS: '500' });
    await expect(handler(payload(invocation(1)))).rejects.toThrow();
    await expect(handler({ hello: 1 })).rejects.toThrow('neither awslogs.data');
  });

  async function loadBundle(): Promise<{ handler: (event: unknown) => Promise<unknown> }> {
    const { createRequire } = await import('node:module');
    return createRequire(join(import.meta.dirname, 'x.js'))(BUNDLE) as {
      handler: (event: unknown) => Promise<unknown>;
    };
  }
});

test('import reads the records that Firehose backed up to S3', async () => {
  const record = (n: number): string =>
    JSON.stringify({
      attemptsMade: 8,
      arrivalTimestamp: 1_594_265_943_615,
      errorCode: 'HttpEndpoint.DestinationException',
      errorMessage: 'Received response status: 503',
      attemptEndingTimestamp: 1_594_266_062_318,
      rawData: b64(gz(message(invocation(n, Date.now() - n * 1000)))),
      subsequenceNumber: 0,
      dataId: 'x',
    });
  const server = await startServer(folder);
  try {
    const response = await fetch(`${server.url}/ingest/logs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
      body: `${record(1)}\n${record(2)}\n${JSON.stringify({ errorCode: 'x', rawData: '!' })}\n`,
    });
    expect(await response.json()).toMatchObject({ accepted: 4, rejected: 1 });
  } finally {
    await server.stop();
  }
});

/** The genuine exporters of OpenTelemetry send spans and log records to a running server over loopback. */
import { gzipSync } from 'node:zlib';
import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import type { LogRecord } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtoTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { part } from '../support/otel-record.ts';
import { logsRequest, protoResource, tracesRequest } from '../support/otlp.ts';
import type { RunningServer } from '../support/product.ts';
import { ADMIN, memoryFolder, removeFolder, startServer } from '../support/product.ts';

const MS = 1_000_000n;
const MINUTE = 60_000;
const ACCOUNT = '123456789012';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
/** Whole milliseconds, and no whole second. */
const AT = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE + 123;

const folder = memoryFolder();
let server: RunningServer;
let key = '';

beforeAll(async () => {
  server = await startServer(folder);
  const created = await api('/api/v1/tokens', { name: 'collector', scope: 'ingest' });
  key = created['token'] as string;
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

async function api(path: string, body?: object): Promise<Record<string, unknown>> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const headers = { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' };
  const response = await fetch(`${server.url}${path}`, { ...init, headers });
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Record<string, unknown>;
}

interface Sent {
  readonly status: number;
  readonly type: string | null;
  readonly retryAfter: string | null;
  readonly bytes: Buffer;
  readonly json: () => Record<string, unknown>;
}

async function send(path: string, body: Buffer, headers: Record<string, string> = {}): Promise<Sent> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'application/x-protobuf', 'x-thermocline-key': key, ...headers },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    bytes,
    json: () => JSON.parse(bytes.toString()) as Record<string, unknown>,
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** How an exporter is set up, as by OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS. */
const options = (signal: string, gzip: boolean) => ({
  url: `${server.url}/v1/${signal}`,
  headers: { authorization: `Bearer ${key}` },
  compression: gzip ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
});

const WAYS = [
  ['protobuf', false],
  ['protobuf', true],
  ['json', false],
  ['json', true],
] as const;

/** Records what the exporter was told of each batch. */
function results(exporter: SpanExporter): { readonly exporter: SpanExporter; readonly errors: unknown[] } {
  const errors: unknown[] = [];
  const given = exporter.export.bind(exporter);
  exporter.export = (spans: ReadableSpan[], done) =>
    given(spans, (result) => {
      if (result.error !== undefined) errors.push(result.error);
      done(result);
    });
  return { exporter, errors };
}

interface Names {
  readonly function: string;
  readonly traceId: string;
  readonly requestId: string;
}

const arn = (name: string): string => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;

/** Spans as the Lambda layer for Node.js makes them: of the invocation, its init, a middleware and a call of DynamoDB. */
async function exportInvocation(exporter: SpanExporter, names: Names): Promise<void> {
  let next = 1;
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': names.function,
      'faas.name': names.function,
      'faas.version': '$LATEST',
      'cloud.region': 'eu-west-1',
      'faas.instance': STREAM,
    }),
    idGenerator: {
      generateTraceId: () => names.traceId,
      generateSpanId: () => String(next++).padStart(16, '0'),
    },
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('@opentelemetry/instrumentation-aws-lambda', '0.61.0');
  const remote = { traceId: names.traceId, spanId: 'aaaaaaaaaaaaaaaa', traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const caller = trace.setSpanContext(ROOT_CONTEXT, remote);
  const at = (ms: number): [number, number] => [Math.floor((AT + ms) / 1000), ((AT + ms) % 1000) * 1_000_000 + 1];
  const invocation = tracer.startSpan(
    names.function,
    {
      kind: SpanKind.SERVER,
      startTime: at(0),
      attributes: {
        'faas.invocation_id': names.requestId,
        'cloud.resource_id': arn(names.function),
        'cloud.account.id': ACCOUNT,
        'faas.coldstart': true,
      },
    },
    caller,
  );
  const inside = trace.setSpan(caller, invocation);
  const init = tracer.startSpan(
    `init ${names.function}`,
    { startTime: at(-200), attributes: { 'faas.coldstart': true } },
    caller,
  );
  init.end(at(-50));
  const handler = tracer.startSpan('middleware', { startTime: at(10) }, inside);
  const call = tracer.startSpan(
    'DynamoDB.Query',
    { kind: SpanKind.CLIENT, startTime: at(20), attributes: { 'rpc.service': 'DynamoDB' } },
    trace.setSpan(caller, handler),
  );
  call.end(at(110));
  handler.end(at(240));
  invocation.end(at(250));
  await provider.forceFlush();
  await provider.shutdown();
}

const xrayId = (hex: string): string => `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
const traceId = (n: number): string => `6b0a12ad${String(n).padStart(24, '0')}`;

describe.each(WAYS)('exporters: %s, gzip %s', (encoding, gzip) => {
  const number = WAYS.findIndex(([one, zip]) => one === encoding && zip === gzip);
  const names = {
    function: `traced-${number}`,
    traceId: traceId(100 + number),
    requestId: `00000000-0000-4000-8000-00000000010${number}`,
  };

  test('spans of an invocation become a trace with its phases, once', async () => {
    const create = () => results(new (encoding === 'json' ? JsonTraces : ProtoTraces)(options('traces', gzip)));
    const first = create();
    await exportInvocation(first.exporter, names);
    const again = create();
    await exportInvocation(again.exporter, names);
    expect([...first.errors, ...again.errors]).toEqual([]);
    const found = await api(`/api/v1/traces/${xrayId(names.traceId)}`);
    expect(found['segments']).toHaveLength(4);
    expect(found['lambda']).toEqual([
      {
        serviceSegmentId: null,
        functionSegmentId: '0000000000000001',
        name: names.function,
        queuedMs: null,
        preInitMs: null,
        initMs: 150,
        invocationMs: 250,
        overheadMs: null,
      },
    ]);
    expect(found['map']).toMatchObject({ edges: [{ from: names.function, to: 'DynamoDB', n: 1 }] });
    expect(found['durationMs']).toBe(450);
  });

  test('events of the Telemetry API become an invocation with its lines, once and in any order', async () => {
    const id = `00000000-0000-4000-8000-00000000020${number}`;
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({
        'faas.name': names.function,
        'faas.invoked_region': 'eu-west-1',
        'faas.max_memory': '128',
      }),
      processors: [
        new SimpleLogRecordProcessor({
          exporter: new (encoding === 'json' ? JsonLogs : ProtoLogs)(options('logs', gzip)),
        }),
      ],
    });
    const logger = provider.getLogger('github.com/open-telemetry/opentelemetry-lambda/collector/receiver/telemetryapi');
    const event = (type: string, ms: number, body: string): LogRecord => ({
      timestamp: AT + ms,
      attributes: { type, 'faas.invocation_id': id },
      body,
    });
    const events = [
      event('platform.initStart', -200, 'INIT_START Runtime Version: nodejs:20.v1 Runtime Version ARN: arn:x'),
      event('platform.start', 0, `START RequestId: ${id} Version: $LATEST`),
      event('function', 5, 'order 17 is paid\n'),
      event('platform.runtimeDone', 249, `END RequestId: ${id} Version: $LATEST`),
      event(
        'platform.report',
        251,
        `REPORT RequestId: ${id} Duration: 250.12 ms Billed Duration: 251 ms Memory Size: 128 MB Max Memory Used: 64 MB Init Duration: 150.00 ms`,
      ),
    ];
    for (const one of [...events.toReversed(), ...events]) logger.emit(one);
    await provider.forceFlush();
    await provider.shutdown();
    // REPORT names no trace: the spans of the request do.
    const traced = traceId(500 + number);
    const spans = new (encoding === 'json' ? JsonTraces : ProtoTraces)(options('traces', gzip));
    await exportInvocation(spans, { ...names, traceId: traced, requestId: id });
    const { attempts } = (await api(`/api/v1/invocations/${id}`)) as { attempts: Record<string, unknown>[] };
    expect(attempts).toHaveLength(1);
    expect(attempts[0]).toMatchObject({
      traceId: xrayId(traced),
      startedAt: new Date(AT).toISOString(),
      durationMs: 250.12,
      billedDurationMs: 251,
      memorySizeMb: 128,
      maxMemoryUsedMb: 64,
      initDurationMs: 150,
      version: '$LATEST',
    });
  });
});

test('both encodings of one request have equal answers', async () => {
  const id = (n: number): string => traceId(200 + n);
  const answers: unknown[] = [];
  for (const [n, encoding] of (['protobuf', 'json'] as const).entries()) {
    const request = tracesRequest(
      { 'faas.name': 'equal', 'cloud.account.id': ACCOUNT, 'cloud.region': 'eu-west-1' },
      {
        traceId: id(n),
        spanId: '00000000000000aa',
        name: 'equal',
        kind: 2,
        startNs: BigInt(AT) * MS + 7n,
        endNs: BigInt(AT) * MS + 9_000_007n,
        attributes: { 'faas.invocation_id': 'x', n: 3, share: 0.5, list: ['a', true], map: { a: { b: 'c' } } },
        events: [{ name: 'exception', attributes: { 'exception.type': 'TypeError' } }],
        links: [id(9)],
        status: 2,
      },
      { traceId: id(n), spanId: '', name: 'no id', startNs: BigInt(AT) * MS },
    );
    const sent = await send('/v1/traces', request[encoding], encoding === 'json' ? JSON_TYPE : {});
    const found = await api(`/api/v1/traces/${xrayId(id(n))}`);
    answers.push({ status: sent.status, found: JSON.stringify(found).replaceAll(xrayId(id(n)), '') });
    if (encoding === 'json')
      expect(sent.json()).toEqual({
        partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('span-without-id (1)') },
      });
  }
  expect(answers[0]).toEqual(answers[1]);
});

test('an invocation that arrives by its log, by X-Ray and by OTLP counts once', async () => {
  const name = 'three-ways';
  const id = '00000000-0000-4000-8000-000000000300';
  const hex = traceId(300);
  const iso = (ms: number): string => new Date(AT + ms).toISOString();
  const report = `REPORT RequestId: ${id}\tDuration: 250.12 ms\tBilled Duration: 251 ms\tMemory Size: 128 MB\tMax Memory Used: 64 MB\tInit Duration: 150.00 ms\t\nXRAY TraceId: ${xrayId(hex)}\tSegmentId: 000000000000000f\tSampled: true\t`;
  const lines = [
    { timestamp: AT, logStreamName: STREAM, message: `START RequestId: ${id} Version: $LATEST\n` },
    { timestamp: AT + 251, logStreamName: STREAM, message: report },
  ];
  const seconds = (ms: number): number => (AT + ms) / 1000;
  const document = (fields: object): object => ({
    Id: '1',
    Document: JSON.stringify({ trace_id: xrayId(hex), name, ...fields }),
  });
  const xray = {
    Traces: [
      {
        Id: xrayId(hex),
        Segments: [
          document({
            id: 'aaaaaaaaaaaaaaab',
            origin: 'AWS::Lambda',
            start_time: seconds(-300),
            end_time: seconds(260),
            resource_arn: arn(name),
            aws: { request_id: id },
          }),
          document({
            id: 'aaaaaaaaaaaaaaaa',
            parent_id: 'aaaaaaaaaaaaaaab',
            origin: 'AWS::Lambda::Function',
            start_time: seconds(-1),
            end_time: seconds(251),
            resource_arn: arn(name),
            subsegments: [
              { id: 'aaaaaaaaaaaaaaac', name: 'Initialization', start_time: seconds(-200), end_time: seconds(-50) },
            ],
          }),
        ],
      },
    ],
  };
  const logs = async (body: object): Promise<void> => {
    const query = new URLSearchParams({ function: name, account: ACCOUNT, region: 'eu-west-1' });
    expect((await send(`/ingest/logs?${query}`, Buffer.from(JSON.stringify(body)), JSON_TYPE)).status).toBe(200);
  };
  const telemetry = logsRequest(
    { 'faas.name': name, 'faas.invoked_region': 'eu-west-1' },
    {
      timeNs: BigInt(AT + 251) * MS,
      body: report.slice(0, report.indexOf('\t\n')).replaceAll('\t', ' '),
      attributes: { type: 'platform.report' },
    },
  );
  const steps = [
    () => logs({ events: lines }),
    () => logs(xray),
    async () => expect((await send('/v1/logs', telemetry.protobuf)).status).toBe(200),
    () => exportInvocation(new ProtoTraces(options('traces', true)), { function: name, traceId: hex, requestId: id }),
  ];
  for (const step of [...steps, ...steps.toReversed()]) await step();
  const range = `from=${encodeURIComponent(iso(-MINUTE))}&to=${encodeURIComponent(iso(MINUTE))}`;
  const { items } = (await api(`/api/v1/functions?${range}&function=${name}`)) as {
    items: { name: string; invocations: number }[];
  };
  expect(items.filter((one) => one.name === name)).toMatchObject([{ invocations: 1 }]);
  const { attempts } = (await api(`/api/v1/invocations/${id}`)) as { attempts: object[] };
  expect(attempts).toHaveLength(1);
  const found = (await api(`/api/v1/traces/${xrayId(hex)}`)) as { lambda: object[] };
  expect(found.lambda).toMatchObject([
    { serviceSegmentId: 'aaaaaaaaaaaaaaab', functionSegmentId: 'aaaaaaaaaaaaaaaa', initMs: 150, queuedMs: null },
  ]);
});

describe('what is refused', () => {
  const whole = tracesRequest(
    { 'faas.name': 'f' },
    { traceId: traceId(400), spanId: '00000000000000aa', startNs: BigInt(AT) * MS },
  );

  test.each([
    ['cut Protocol Buffers', '/v1/traces', whole.protobuf.subarray(0, 40), {}, 400, 3],
    ['JSON that is none', '/v1/logs', Buffer.from('{"resourceLogs":'), JSON_TYPE, 400, 3],
    ['JSON as Protocol Buffers', '/v1/traces', whole.json, {}, 400, 3],
    ['another type', '/v1/traces', whole.json, { 'content-type': 'text/plain' }, 415, 3],
    ['another coding', '/v1/traces', whole.json, { ...JSON_TYPE, 'content-encoding': 'snappy' }, 415, 3],
    ['no gzip', '/v1/traces', whole.json, { ...JSON_TYPE, 'content-encoding': 'gzip' }, 400, 3],
    ['a key that is none', '/v1/traces', whole.protobuf, { 'x-thermocline-key': 'tc_ingest_no' }, 401, 16],
    ['a parameter', '/v1/traces?a=b', whole.protobuf, {}, 400, 3],
    ['metrics', '/v1/metrics', whole.protobuf, {}, 404, 12],
    ['a bomb of gzip', '/v1/traces', gzipSync(Buffer.alloc(200_000_000)), { 'content-encoding': 'gzip' }, 400, 3],
  ] as const)('%s', async (_, path, body, headers, status, code) => {
    const sent = await send(path, body, headers);
    expect(sent.status).toBe(status);
    if (sent.type === 'application/json') expect(sent.json()).toMatchObject({ code, message: expect.any(String) });
    else {
      expect(sent.type).toBe('application/x-protobuf');
      expect([...sent.bytes.subarray(0, 3)]).toEqual([8, code, 18]);
    }
  });

  test('other methods', async () => {
    const response = await fetch(`${server.url}/v1/traces`);
    expect([response.status, await response.json()]).toMatchObject([405, { code: 12 }]);
  });

  test('identity as a coding is none', async () => {
    expect((await send('/v1/traces', whole.protobuf, { 'content-encoding': 'identity' })).status).toBe(200);
  });

  test('an exporter is told of a wrong key', async () => {
    const wrong = results(
      new ProtoTraces({ url: `${server.url}/v1/traces`, headers: { authorization: 'Bearer tc_ingest_wrong' } }),
    );
    const names = { function: 'wrong-key', traceId: traceId(401), requestId: 'x' };
    await exportInvocation(wrong.exporter, names).catch(() => undefined);
    expect(wrong.errors).not.toEqual([]);
    for (const error of wrong.errors) expect(error).toMatchObject({ code: 401 });
  });
});

describe('hostile requests', () => {
  test('a million empty spans are counted, and refused as a part', async () => {
    const empty = Buffer.alloc(2_000_000).map((_, at) => (at % 2 === 0 ? 0x12 : 0));
    const sent = await send('/v1/traces', Buffer.from(part(1, part(2, empty))));
    expect(sent.status).toBe(200);
    expect(sent.bytes.toString()).toContain('1,000,000 spans were not stored: otlp-item-empty (1,000,000)');
  });

  test('10,000 resources, each of a function of its own', async () => {
    const items = Array.from(
      { length: 10_000 },
      (_, at) => logsRequest({ 'faas.name': `many-${at}` }, { timeNs: BigInt(AT) * MS, body: 'x' }).protobuf,
    );
    const sent = await send('/v1/logs', Buffer.concat(items));
    expect([sent.status, sent.bytes.length]).toEqual([200, expect.any(Number)]);
  });

  test('an attribute of ten megabytes is cut', async () => {
    const request = tracesRequest(
      { 'faas.name': 'f' },
      {
        traceId: traceId(402),
        spanId: '00000000000000aa',
        startNs: BigInt(AT) * MS,
        attributes: { large: 'x'.repeat(10_000_000) },
      },
    );
    expect((await send('/v1/traces', request.protobuf)).status).toBe(200);
    const { segments } = (await api(`/api/v1/traces/${xrayId(traceId(402))}`)) as {
      segments: { annotations: { large: string } }[];
    };
    expect(segments[0]?.annotations.large).toHaveLength(1024);
  });

  test('the server still answers, and has the dead letters with their reasons', async () => {
    expect((await send('/v1/traces', Buffer.from(protoResource({})))).status).toBe(200);
    const { items } = (await api('/api/v1/rejects?limit=50')) as { items: { reason: string; source: string }[] };
    expect(items.map(({ reason }) => reason)).toContain('otlp-item-empty');
    expect(items.find(({ reason }) => reason === 'span-without-id')?.source).toMatch(/^otlp traces of /);
  });
});

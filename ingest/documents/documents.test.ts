import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusLines } from '../../test/support/corpus.ts';
import { leastCpuMs } from '../../test/support/cpu.ts';
import { law } from '../../test/support/law.ts';
import type { FlowRecord } from '../records/flow-record.ts';
import type { GatewayRequest } from '../records/gateway-request.ts';
import type { NetworkEvent } from '../records/network-event.ts';
import type { TelemetryRecord } from '../records/telemetry-record.ts';
import type { TraceSegment } from '../records/trace-segment.ts';
import { parseJsonExact } from './exact-json.ts';
import { parseJson } from './json.ts';
import { readHeySummary } from './load-test.ts';
import { DEFAULT_DOCUMENT_OPTIONS, documentOptions, readDocument, readDocumentMessage } from './read-document.ts';

const read = (group: string, message: string) => readDocumentMessage(group, message, DEFAULT_DOCUMENT_OPTIONS);

function one<T extends TelemetryRecord>(group: string, message: string): T {
  const result = read(group, message);
  if (!result.ok) throw new Error(result.reason);
  return result.records[0] as T;
}

const ms = (from: bigint, to: bigint | null): number => Number((to ?? from) - from) / 1e6;

test('long numbers are read in linear time, and integers above 2^53 keep every digit', () => {
  const span = (more: string) => `{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}","name":"x","x":${more}}`;
  expect(leastCpuMs(() => read('aws/spans', span(`${'1'.repeat(1_000_000)}.5`)), 1000)).toBeLessThan(1000);
  expect(leastCpuMs(() => read('aws/spans', span(`-${'1'.repeat(1_000_000)}e5`)), 1000)).toBeLessThan(1000);
  const big =
    '{"a":1791300000123456789,"b":"1791300000123456789","c":-1791300000123456789,"d":1.5e3,"e":12345678901234567.5}';
  expect(parseJsonExact(big)?.value).toEqual({
    a: '1791300000123456789',
    b: '1791300000123456789',
    c: '-1791300000123456789',
    d: 1500,
    e: 12345678901234568,
  });
});

test.each([
  ['a long number for a name', '{"a":1,12345678901234567:2}', null],
  ['a long number with a zero before it', '{"a":01234567890123456}', null],
  ['a long number that is no object', '12345678901234567', null],
  [
    'a long number in a list of an object',
    '{"a":[12345678901234567,"1234567890123456"]}',
    { a: ['12345678901234567', '1234567890123456'] },
  ],
])('exact JSON: %s', (_, text, expected) => {
  expect(parseJsonExact(text)?.value ?? null).toEqual(expected);
});

test('of an object with very many members the first thousand are parsed, and the others counted', () => {
  const members = (n: number): string => Array.from({ length: n }, (_, at) => `"a${at}":{"b,":[1,2,"}"]}`).join();
  const of = (n: number) => parseJsonExact(`{"x":{${members(n)}},"big":12345678901234567}`);
  expect(of(1000)?.beyond).toBe(0);
  expect(Object.keys(of(1000)?.value['x'] ?? {})).toHaveLength(1000);
  const { value, beyond } = of(1003) ?? {};
  expect(beyond).toBe(3);
  expect(Object.keys(value?.['x'] ?? {})).toHaveLength(1000);
  expect(value?.['big']).toBe('12345678901234567');
});

test('a span says how many of its members were not read, beside its attributes', () => {
  const attributes = Array.from({ length: 1002 }, (_, at) => `"a${at}":1`).join();
  const start = '"startTimeUnixNano":1791300000000000000';
  const span = `{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}",${start},"attributes":{${attributes}}}`;
  expect(read('aws/spans', span)).toMatchObject({
    ok: true,
    left: 'Not read: 936 attributes beyond 64 of the span and of its resource; 2 members beyond the first 1,000 of an object. The rest of the document was.',
  });
});

describe('trace documents', () => {
  test.each(corpusLines('xray'))('$kind', ({ kind, message, expect: wanted }) => {
    const result = read(kind.startsWith('aws_spans') ? 'aws/spans' : 'traces', message);
    if (kind.startsWith('aws_spans') && !message.includes('startTimeUnixNano')) {
      // Abridged by its author: without a start it has no place in time.
      expect(result).toEqual({ ok: false, reason: 'segment-without-time' });
      return;
    }
    if (!result.ok) throw new Error(result.reason);
    const segment = result.records[0] as TraceSegment;
    if (kind.startsWith('aws_spans')) {
      const traceId = String(wanted['traceId']);
      expect(segment.traceId).toBe(`1-${traceId.slice(0, 8)}-${traceId.slice(8)}`);
      expect(ms(segment.startNs, segment.endNs)).toBe(wanted['durationMs']);
      expect(segment.startNs).toBe(1791300000000000000n);
      return;
    }
    for (const key of ['id', 'traceId', 'name', 'origin', 'parentId', 'requestId', 'resourceArn', 'httpStatus']) {
      if (wanted[key] !== undefined) expect(segment[key as keyof TraceSegment], key).toBe(wanted[key]);
    }
    expect(Number(segment.startNs) / 1e9).toBeCloseTo(Number(wanted['startTime']), 6);
    for (const [name, length] of Object.entries((wanted['subsegmentsMs'] as Record<string, number>) ?? {})) {
      const found = segment.subsegments.find((sub) => sub.name === name);
      if (found === undefined) throw new Error(`${name} is missing`);
      expect(ms(found.startNs, found.endNs)).toBeCloseTo(length, 1);
    }
    if (wanted['annotations'] !== undefined) expect(segment.annotations).toEqual(wanted['annotations']);
  });

  test('nanoseconds beyond 2^53 keep every digit, digits in strings are left alone', () => {
    const segment = one<TraceSegment>(
      'aws/spans',
      '{"traceId":"6ac52cb76b730000000000000000beef","spanId":"00f067aa0ba902b7","name":"x 1234567890123456789 \\" 1234567890123456789","startTimeUnixNano":1791300000123456789,"endTimeUnixNano":1791300000123456791}',
    );
    expect(segment.startNs).toBe(1791300000123456789n);
    expect((segment.endNs ?? 0n) - segment.startNs).toBe(2n);
    expect(segment.name).toBe('x 1234567890123456789 " 1234567890123456789');
  });

  test('BatchGetTraces answers hold segments as text within text; what cannot be read is named', () => {
    const document = {
      id: '5f8d1a23aa89bd66',
      trace_id: '1-643aca1d-02e095f7341508e00b9b6d2b',
      start_time: 1.681574429596e9,
      name: 'f',
    };
    const found = readDocument(
      {
        Traces: [
          {
            Id: '1-643aca1d-02e095f7341508e00b9b6d2b',
            Segments: [{ Document: JSON.stringify(document) }, { Document: '{' }, { Document: '{"id":"x"}' }, {}],
          },
        ],
      },
      () => '',
    );
    expect(found?.records).toHaveLength(1);
    expect((found?.records[0] as TraceSegment | undefined)?.endNs).toBeNull();
    expect(found?.problems.map((problem) => problem.reason)).toEqual([
      'document-not-json',
      'segment-without-id',
      'document-not-json',
    ]);
  });
});

test.each([
  ['said', { LimitExceeded: true }, true],
  ['denied', { LimitExceeded: false }, false],
  ['not mentioned', {}, null],
  ['no boolean', { LimitExceeded: 'true' }, null],
])('a trace over X-Ray’s size limit: %s', (_, said, expected) => {
  const document = { id: '5f8d1a23aa89bd66', trace_id: '1-643aca1d-02e095f7341508e00b9b6d2b', start_time: 1.68e9 };
  const trace = { Id: document.trace_id, ...said, Segments: [{ Document: JSON.stringify(document) }] };
  const limits = [{ Traces: [trace] }, trace].map((value) =>
    readDocument(value, () => '')?.records.map((record) => (record as TraceSegment).limitExceeded),
  );
  expect(limits).toEqual([[expected], [expected]]);
});

describe('related streams', () => {
  const cases = corpusLines('related').filter((entry) => entry.expect['format'] === undefined);
  test.each(cases)('$kind', ({ kind, message, expect: wanted }) => {
    const result = read('related', message);
    if (kind === 'apigw.http.access') {
      expect(result.ok && (result.records[0] as GatewayRequest)).toMatchObject({ ...wanted, route: 'GET /orders' });
      expect(result.ok && (result.records[0] as GatewayRequest).atMs).toBe(Date.UTC(2026, 9, 9, 8, 49, 57));
    } else if (wanted['isLambda'] === false) {
      expect(result).toMatchObject({ ok: false, reason: 'not-ours' });
    } else if (kind.startsWith('cloudtrail')) {
      const event = (result.ok ? result.records[0] : null) as NetworkEvent | null;
      expect(event?.name).toBe(wanted['eventName']);
      expect(event?.errorCode).toBe(wanted['errorCode'] ?? null);
      expect(event?.functionName).toBe(wanted['functionHint'] ?? null);
    } else if (kind === 'vpc_flow.v2') {
      if (wanted['action'] === 'ACCEPT') expect(result).toMatchObject({ ok: false, reason: 'not-ours' });
      else
        expect(result.ok && (result.records[0] as FlowRecord)).toMatchObject({
          account: wanted['account'],
          eniId: wanted['eni'],
          fromMs: Number(wanted['start']) * 1000,
          toMs: Number(wanted['end']) * 1000,
          outcome: wanted['action'] === 'REJECT' ? 'rejected' : 'no-data',
        });
    } else {
      expect(result).toEqual({ ok: false, reason: 'not-a-document' });
    }
  });

  test('a rejected connection keeps both ends', () => {
    expect(
      one<FlowRecord>(
        'flow',
        '2 123456789010 eni-1235b8ca 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK',
      ),
    ).toMatchObject({ outcome: 'rejected', sourceAddress: '172.31.9.69', targetPort: 3389, protocol: 6, packets: 20 });
  });

  test('access logs: CLF, a format of one’s own, names of one’s own', () => {
    const clf = '203.0.113.7 - - [09/Feb/2024:08:42:44 +0000] "GET /items HTTP/1.1" 200 34 S0vJ2h5FoAMEPFg=';
    expect(one<GatewayRequest>('api', clf)).toMatchObject({
      requestId: 'S0vJ2h5FoAMEPFg=',
      route: '/items',
      status: 200,
      lambdaRequestId: null,
      atMs: Date.UTC(2024, 1, 9, 8, 42, 44),
    });
    const own = documentOptions(
      { lambdaRequestId: ['fnRequest'] },
      '[$context.requestTime] $context.requestId "$context.routeKey" $context.status $context.integration.requestId $context.integration.latency',
    );
    const line = '[09/Feb/2024:08:42:44 +0200] abc= "GET /items" 200 d661f7cf-9208-46b9-85b0-213b04a91065 33';
    const text = readDocumentMessage('api', line, own);
    expect(text.ok && text.records[0]).toMatchObject({
      requestId: 'abc=',
      lambdaRequestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
      integrationLatencyMs: 33,
      atMs: Date.UTC(2024, 1, 9, 6, 42, 44),
    });
    const json = readDocumentMessage('api', '{"requestId":"abc=","status":"502","fnRequest":"d6"}', own);
    expect(json.ok && json.records[0]).toMatchObject({
      lambdaRequestId: 'd6',
      status: 502,
      integrationLatencyMs: null,
    });
  });

  test('Lambda Insights', () => {
    const message = JSON.stringify({
      _aws: { Timestamp: 1700000000000 },
      function_name: 'f',
      version: '3',
      request_id: 'd661f7cf-9208-46b9-85b0-213b04a91065',
      trace_id: '1-643aca1d-02e095f7341508e00b9b6d2b',
      duration: 12,
      cold_start: 1,
      init_duration: 300,
      used_memory_max: 70,
      total_memory: 128,
      billed_mb_ms: 1664,
      cpu_user_time: 40,
      cpu_system_time: 20,
      cpu_total_time: 60,
      rx_bytes: 9007199254740991,
      tx_bytes: 3790,
      tmp_free: 551346176,
      tmp_max: 551346177,
      fd_use: 160,
      threads_max: 11,
      shutdown_reason: 'SPINDOWN',
      timeout: 1,
    });
    expect(one('/aws/lambda-insights', message)).toEqual({
      kind: 'resource-use',
      functionName: 'f',
      version: '3',
      requestId: 'd661f7cf-9208-46b9-85b0-213b04a91065',
      atMs: 1700000000000,
      traceId: '1-643aca1d-02e095f7341508e00b9b6d2b',
      coldStart: true,
      durationMs: 12,
      billedMbMs: 1664,
      initDurationMs: 300,
      usedMemoryMaxMb: 70,
      totalMemoryMb: 128,
      cpuUserMs: 40,
      cpuSystemMs: 20,
      cpuTotalMs: 60,
      rxBytes: 9007199254740991,
      txBytes: 3790,
      tmpFreeBytes: 551346176,
      tmpMaxBytes: 551346177,
      fdUse: 160,
      threadsMax: 11,
      timedOut: true,
      shutdownReason: 'SPINDOWN',
    });
    expect(read('/aws/lambda-insights', '{"duration":1}')).toEqual({
      ok: false,
      reason: 'insights-without-request-id',
    });
  });

  test('a function’s own group is never a feed, whatever it prints', () => {
    const spoof = corpusLines('related').find((entry) => entry.kind === 'apigw.http.access')?.message ?? '';
    expect(read('/aws/lambda/f', spoof)).toEqual({ ok: false, reason: 'not-a-document' });
  });
});

test('list-functions JSON', () => {
  const found = readDocument(
    {
      Functions: [
        {
          FunctionName: 'f',
          FunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:f',
          Runtime: 'nodejs22.x',
          MemorySize: 512,
          Timeout: 3,
          Architectures: ['arm64'],
          VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
          Layers: [{ Arn: 'arn:aws:lambda:eu-west-1:1:layer:x:1' }],
          LastModified: '2026-01-02T03:04:05.000+0000',
          SnapStart: { ApplyOn: 'None' },
        },
        { FunctionArn: 'x' },
      ],
    },
    () => '',
  );
  expect(found?.records[0]).toMatchObject({
    account: '123456789012',
    region: 'eu-west-1',
    timeoutMs: 3000,
    architecture: 'arm64',
    subnetIds: ['subnet-1'],
    snapStart: false,
    lastModifiedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  });
  expect(found?.problems).toHaveLength(1);
});

test('no text throws, hangs or pollutes a prototype', () => {
  law(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.constantFrom('{}', ...[...corpusLines('xray'), ...corpusLines('related')].map((c) => c.message)),
      ),
      fc.nat(400),
      fc.string({ maxLength: 4 }),
      (text, at, splice) => {
        const mutated = text.slice(0, at) + splice + text.slice(at + 2);
        for (const group of ['aws/spans', '/aws/lambda-insights', 'other']) read(group, mutated);
        readDocument(parseJson(mutated), () => mutated);
        readHeySummary(mutated, null);
      },
    ),
    { numRuns: 1000 },
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  const hostile = `{"traceId":"${'a'.repeat(32)}","spanId":"${'\\"'.repeat(200_000)}","startTimeUnixNano":1791300000000000000,"name":"${'x'.repeat(500_000)}"}`;
  const spent = leastCpuMs(() => {
    read('aws/spans', hostile);
    read('other', `[09/Feb/2024:08:42:44 +0000] ${' '.repeat(16_000)}`);
    read('other', `{"requestId":"${'['.repeat(200_000)}","status":1}`);
  }, 500);
  expect(spent).toBeLessThan(500);
});

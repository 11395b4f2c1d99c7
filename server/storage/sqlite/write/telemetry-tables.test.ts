/**
 * Each field of each telemetry record is stored in its own column. Every value differs, and columns hold whole numbers,
 * durations in µs.
 */
import { describe, expect, test } from 'vitest';
import type { FlowRecord } from '../../../../ingest/records/flow-record.ts';
import type { GatewayRequest } from '../../../../ingest/records/gateway-request.ts';
import type { NetworkEvent } from '../../../../ingest/records/network-event.ts';
import { DAY_MS } from '../../../../ingest/records/time.ts';
import type { TraceSegment } from '../../../../ingest/records/trace-segment.ts';
import { REPEATED, STORED, useTelemetryWriter } from '../../../../test/support/telemetry-writer.ts';

const NOW = Date.UTC(2026, 10, 21);
const AT = Date.UTC(2026, 10, 20, 10, 15, 30);
const ID = 'd661f7cf-9208-46b9-85b0-213b04a91065';

const store = useTelemetryWriter('file');

const hex = (value: unknown): string => Buffer.from(value as Uint8Array).toString('hex');

describe('network events', () => {
  const event: NetworkEvent = {
    kind: 'network-event',
    id: 'event-1',
    atMs: AT,
    account: '444455556666',
    region: 'eu-west-1',
    name: 'CreateNetworkInterface',
    errorCode: 'Client.Busy',
    subnetId: 'subnet-1',
    securityGroupIds: ['sg-1', 'sg-2'],
    eniId: 'eni-1',
    addresses: 2,
    functionName: 'connected',
  };

  test('each field', () => {
    expect(store.store([event], NOW)).toEqual(STORED);
    expect(store.store([event], NOW)).toEqual(REPEATED);
    expect(store.rows("SELECT * FROM network_event WHERE id = 'event-1'")).toEqual([
      {
        id: 'event-1',
        at_ms: AT,
        account: '444455556666',
        region: 'eu-west-1',
        name: 'CreateNetworkInterface',
        error_code: 'Client.Busy',
        subnet_id: 'subnet-1',
        security_groups: '["sg-1","sg-2"]',
        eni_id: 'eni-1',
        addresses: 2,
        function_id: store.functionId('connected'),
      },
    ]);
    expect(store.rows("SELECT account, region FROM function WHERE name = 'connected'")).toEqual([
      { account: '444455556666', region: 'eu-west-1' },
    ]);
  });

  test('what the record does not say comes from its delivery', () => {
    const bare = { ...event, id: '', atMs: null, account: null, region: null, functionName: null };
    const from = { account: '777788889999', region: 'ap-south-1' };
    store.store([bare], NOW, { ...from, atMs: AT + 1, digest: 'a-hash' });
    store.store([bare], NOW, { ...from, atMs: null, digest: 'another-hash' });
    expect(
      store.rows("SELECT id, at_ms, account, region, function_id FROM network_event WHERE id LIKE 'a%' ORDER BY id"),
    ).toEqual([
      { id: 'a-hash', at_ms: AT + 1, account: '777788889999', region: 'ap-south-1', function_id: null },
      { id: 'another-hash', at_ms: NOW, account: '777788889999', region: 'ap-south-1', function_id: null },
    ]);
  });
});

describe('flow records', () => {
  const flow: FlowRecord = {
    kind: 'flow',
    account: '444455556666',
    eniId: 'eni-2',
    fromMs: AT,
    toMs: AT + 60_000,
    outcome: 'rejected',
    sourceAddress: '10.0.0.1',
    targetAddress: '10.0.0.2',
    targetPort: 5432,
    protocol: 6,
    packets: 20,
  };

  test('each field; what is absent is empty, so that repeats are found', () => {
    const gap: FlowRecord = {
      ...flow,
      outcome: 'no-data',
      sourceAddress: null,
      targetAddress: null,
      targetPort: null,
      protocol: null,
      packets: null,
    };
    expect(store.store([flow, gap], NOW)).toEqual({ ...STORED, accepted: 2 });
    expect(store.store([flow, gap], NOW)).toEqual({ ...REPEATED, duplicates: 2 });
    const window = { account: '444455556666', eni_id: 'eni-2', from_ms: AT, to_ms: AT + 60_000 };
    expect(store.rows('SELECT * FROM flow_record ORDER BY outcome')).toEqual([
      {
        ...window,
        outcome: 'no-data',
        source_address: '',
        target_address: '',
        target_port: -1,
        protocol: null,
        packets: null,
      },
      {
        ...window,
        outcome: 'rejected',
        source_address: '10.0.0.1',
        target_address: '10.0.0.2',
        target_port: 5432,
        protocol: 6,
        packets: 20,
      },
    ]);
  });
});

describe('requests of API Gateway', () => {
  const request: GatewayRequest = {
    kind: 'gateway-request',
    requestId: 'abc=',
    atMs: AT,
    route: 'GET /orders',
    status: 502,
    lambdaRequestId: ID,
    integrationLatencyMs: 33.25,
    responseLatencyMs: 35.5,
  };

  test('each field', () => {
    expect(store.store([request], NOW, { logGroup: '/api' })).toEqual(STORED);
    expect(store.store([request], NOW, { logGroup: '/api' })).toEqual(REPEATED);
    const [{ lambda_request_id: lambdaId, ...row } = {}] = store.rows('SELECT * FROM gateway_request');
    expect(hex(lambdaId)).toBe(ID.replaceAll('-', ''));
    expect(row).toEqual({
      log_group_id: store.rows("SELECT id FROM log_group WHERE name = '/api'")[0]?.['id'],
      at_ms: AT,
      request_id: 'abc=',
      route: 'GET /orders',
      status: 502,
      integration_latency_us: 33_250,
      response_latency_us: 35_500,
    });
  });

  test('without a time of its own, that of the delivery counts', () => {
    const bare = { ...request, requestId: 'bare', atMs: null, lambdaRequestId: null, status: null };
    store.store([bare], NOW, { logGroup: '/api', atMs: AT + 7 });
    store.store([{ ...bare, requestId: 'bare-too' }], NOW, { logGroup: '/api' });
    expect(
      store.rows(
        "SELECT at_ms, lambda_request_id, status FROM gateway_request WHERE request_id LIKE 'bare%' ORDER BY 1",
      ),
    ).toEqual([
      { at_ms: AT + 7, lambda_request_id: null, status: null },
      { at_ms: NOW, lambda_request_id: null, status: null },
    ]);
  });
});

describe('trace segments', () => {
  const TRACE = '1-643aca1d-02e095f7341508e00b9b6d2b';
  const startNs = BigInt(AT) * 1_000_000n + 1n;
  const segment: TraceSegment = {
    kind: 'trace-segment',
    traceId: TRACE,
    id: '5f8d1a23aa89bd66',
    parentId: '0a1b2c3d4e5f6071',
    name: 'checkout',
    origin: 'AWS::Lambda::Function',
    startNs,
    endNs: startNs + 2n,
    requestId: ID,
    resourceArn: 'arn:aws:lambda:eu-west-1:444455556666:function:traced',
    httpStatus: 202,
    outcome: 'ok',
    annotations: { plan: 'gold' },
    subsegments: [{ id: 's', parentId: 'p', name: 'Init', startNs, endNs: null, namespace: 'local' }],
    limitExceeded: null,
    notRead: null,
  };
  const read = () =>
    store.db.prepare('SELECT * FROM trace_segment WHERE id = ?').safeIntegers().get(segment.id) as Record<
      string,
      unknown
    >;

  test('each field, times to the nanosecond', () => {
    expect(store.store([segment], NOW)).toEqual(STORED);
    expect(store.store([segment], NOW)).toEqual(REPEATED);
    // Retention finds it by the day of its start.
    expect(store.rows("SELECT scope, day, received_ms FROM kept_day WHERE kind = 'traces'")).toEqual([
      { scope: 0, day: Math.floor(AT / DAY_MS), received_ms: NOW },
    ]);
    const { trace_id: traceId, request_id: requestId, detail, ...row } = read();
    expect([hex(traceId), hex(requestId)]).toEqual(['643aca1d02e095f7341508e00b9b6d2b', ID.replaceAll('-', '')]);
    expect(row).toEqual({
      id: '5f8d1a23aa89bd66',
      parent_id: '0a1b2c3d4e5f6071',
      function_id: BigInt(Number(store.functionId('traced'))),
      name: 'checkout',
      origin: 'AWS::Lambda::Function',
      start_ns: startNs,
      end_ns: startNs + 2n,
      http_status: 202n,
      outcome: 'ok',
    });
    expect(JSON.parse(String(detail))).toEqual({
      resourceArn: segment.resourceArn,
      annotations: { plan: 'gold' },
      limitExceeded: null,
      subsegments: [
        { id: 's', parentId: 'p', name: 'Init', startNs: String(startNs), endNs: null, namespace: 'local' },
      ],
    });
  });

  test('of one segment, the later end is kept in either order, and of equal ends the trace over the limit', () => {
    const later = { ...segment, endNs: startNs + 9n, name: 'later' };
    expect(store.store([{ ...segment, endNs: null, name: 'in progress' }], NOW)).toEqual(REPEATED);
    expect(read()['name']).toBe('checkout');
    expect(store.store([later], NOW)).toEqual(STORED);
    expect(store.store([segment], NOW)).toEqual(REPEATED);
    expect([read()['name'], read()['end_ns']]).toEqual(['later', startNs + 9n]);
    expect(store.store([{ ...later, limitExceeded: true }], NOW)).toEqual(STORED);
    expect(store.store([{ ...later, limitExceeded: false }], NOW)).toEqual(REPEATED);
    expect(JSON.parse(String(read()['detail']))).toMatchObject({ limitExceeded: true });
    const notRead = 'Not read: 1 subsegment without start_time. The rest of the document was.';
    store.store([{ ...later, id: 'part', notRead }], NOW);
    const details = store.db.prepare("SELECT detail FROM trace_segment WHERE id = 'part'").pluck().all();
    expect(details.map((detail) => JSON.parse(String(detail)))).toMatchObject([{ notRead }]);
  });
});

/** Telemetry documents about stored invocations: traces, network interfaces, API access logs, inventory, imports. */
import { createHash } from 'node:crypto';
import type { Batch } from '../../ingest/records/batch.ts';
import type { Architecture, FunctionFacts } from '../../ingest/records/function-facts.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import type { TraceSegment } from '../../ingest/records/trace-segment.ts';
import type { TuningRun } from '../../ingest/records/tuning-run.ts';
import { batchOf } from './fleet-streams.ts';

/** An invocation as the API returns it. */
export interface DocumentedInvocation {
  readonly requestId: string;
  readonly function: { readonly account: string; readonly region: string; readonly name: string };
  readonly startedAt: string | null;
  readonly endedAt: string;
  readonly durationMs: number;
}

const ns = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

export function documentsAbout(documented: readonly DocumentedInvocation[]): readonly TelemetryRecord[] {
  return documented.flatMap((one, at) => {
    const endMs = Date.parse(one.endedAt);
    const startMs = one.startedAt === null ? endMs - one.durationMs : Date.parse(one.startedAt);
    const { account, region, name } = one.function;
    const segment: TraceSegment = {
      kind: 'trace-segment',
      traceId: `1-${(0x65000000 + at).toString(16)}-${at.toString(16).padStart(24, '0')}`,
      id: `a${at.toString(16).padStart(15, '0')}`,
      parentId: null,
      name,
      origin: 'AWS::Lambda',
      startNs: ns(startMs - 700),
      endNs: ns(endMs + 1),
      requestId: one.requestId,
      resourceArn: `arn:aws:lambda:${region}:${account}:function:${name}`,
      httpStatus: 200,
      outcome: at % 5 === 0 ? 'fault' : 'ok',
      annotations: { at },
      subsegments: [],
      limitExceeded: at === 0 ? true : at === 1 ? false : null,
      notRead: at === 1 ? 'Not read: 1 subsegment without start_time. The rest of the document was.' : null,
    };
    const call = { id: `c${at}`, parentId: `b${at}`, name: 'DynamoDB', namespace: 'aws' };
    return [
      segment,
      {
        ...segment,
        id: `b${at.toString(16).padStart(15, '0')}`,
        parentId: segment.id,
        origin: 'AWS::Lambda::Function',
        // As AWS writes it: only the service's segment carries the request id.
        requestId: null,
        startNs: ns(startMs),
        endNs: ns(endMs),
        subsegments: [
          {
            id: `i${at}`,
            parentId: segment.id,
            name: 'Initialization',
            namespace: null,
            startNs: ns(startMs - 300),
            endNs: ns(startMs),
          },
          { ...call, startNs: ns(startMs + 1), endNs: ns(startMs + 1 + one.durationMs / 3) },
        ],
      },
      {
        kind: 'network-event',
        id: `event-${at}`,
        atMs: startMs,
        account,
        region,
        name: at % 3 === 0 ? 'DeleteNetworkInterface' : 'CreateNetworkInterface',
        errorCode: at % 4 === 0 ? 'Client.RequestLimitExceeded' : null,
        subnetId: `subnet-${at % 2}`,
        securityGroupIds: ['sg-1'],
        eniId: `eni-${at}`,
        addresses: 3,
        functionName: at % 2 === 0 ? name : null,
      },
      {
        kind: 'gateway-request',
        requestId: `gateway-${at}`,
        atMs: startMs,
        route: at % 2 === 0 ? 'GET /' : null,
        status: 200,
        lambdaRequestId: one.requestId,
        integrationLatencyMs: one.durationMs + 20 + at,
        responseLatencyMs: one.durationMs + 30,
      },
    ];
  });
}

export function inventoryOf(
  place: { readonly account: string; readonly region: string; readonly name: string },
  given: {
    readonly subnetIds: readonly string[] | null;
    readonly timeoutMs: number | null;
    readonly architecture: Architecture | null;
  },
): FunctionFacts {
  return {
    kind: 'function-facts',
    ...place,
    ...given,
    memoryMb: 512,
    runtime: 'nodejs22.x',
    vpcId: null,
    securityGroupIds: null,
    layers: null,
    packageType: 'Zip',
    codeSizeBytes: 3_000_000,
    ephemeralStorageMb: null,
    provisionedConcurrency: null,
    snapStart: null,
    state: 'Active',
    logGroup: null,
    lastModifiedMs: null,
    codeSha256: null,
    versionCodes: null,
    versionArchitectures: null,
    tenantIsolation: null,
    durable: null,
    capacityProvider: null,
    environmentConcurrency: null,
    instances: null,
    instanceHourUsd: null,
    subscriptionFilters: null,
  };
}

export function loadTestOf(name: string, functionName: string, scale: number): TelemetryRecord {
  return {
    kind: 'load-test',
    tool: 'hey',
    functionName,
    atMs: null,
    name,
    requests: 100,
    failures: 2,
    totalMs: 1000 * scale,
    fastestMs: 10 * scale,
    slowestMs: 100 * scale,
    averageMs: 40 * scale,
    requestsPerSecond: 100 / scale,
    histogram: [
      { upToMs: 50 * scale, n: 60 },
      { upToMs: 100 * scale, n: 40 },
    ],
    quantiles: [
      { q: 0.5, ms: 40 * scale },
      { q: 0.99, ms: 99 * scale },
    ],
    statuses: [{ status: 200, n: 98 }],
  };
}

/** A run that names its account and its time, and one whose output contains neither. */
export const TUNING_RUNS: readonly TuningRun[] = [
  {
    kind: 'tuning-run',
    account: '000000000000',
    region: 'eu-west-1',
    functionName: 'checkout',
    atMs: Date.UTC(2026, 10, 18),
    invocations: 50,
    coldStarts: false,
    chosenMb: 1024,
    points: [
      { memoryMb: 512, durationMs: 60.5, costUsd: 5.1e-7 },
      { memoryMb: 1024, durationMs: 40.25, costUsd: null },
    ],
  },
  {
    kind: 'tuning-run',
    account: null,
    region: null,
    functionName: 'checkout',
    atMs: null,
    invocations: null,
    coldStarts: null,
    chosenMb: null,
    points: [{ memoryMb: 512, durationMs: 61, costUsd: 5.1e-7 }],
  },
];

/** Documents as one request delivers them. */
export function batchOfRecords(
  records: readonly TelemetryRecord[],
  place: { readonly account: string; readonly region: string },
): Batch {
  return {
    ...batchOf([]),
    records: records.map((record, at) => ({
      record,
      account: place.account,
      region: place.region,
      logGroup: 'API-Gateway-Execution-Logs',
      atMs: null,
      digest: createHash('sha256').update(`${record.kind}-${at}`).digest('hex').slice(0, 32),
    })),
  };
}

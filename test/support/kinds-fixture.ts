/**
 * Functions of the kinds that AWS offers besides plain ones, a day before the fleets of contract-fixture.ts. Every line is
 * written by hand in the form of AWS's documentation, so that expected results are known without a store.
 */
import { readCloudTrail } from '../../ingest/documents/cloudtrail.ts';
import { readFunctionFacts } from '../../ingest/documents/function-facts.ts';
import type { TelemetryRecord } from '../../ingest/records/telemetry-record.ts';
import { HOUR_MS } from '../../ingest/records/time.ts';
import type { Part } from './fleet-streams.ts';

/** Ten minutes past the hour, a day before the fleets. */
export const KINDS_MS = Date.UTC(2026, 10, 19) + 600_000;
/** Range of the invocations of this file. */
export const KINDS_RANGE = { fromMs: KINDS_MS - 600_000, toMs: KINDS_MS - 600_000 + HOUR_MS };
const PLACE = { account: '123456789012', region: 'eu-west-1' };
const ARN = 'arn:aws:lambda:eu-west-1::runtime:0123456789abcdef';

export function kindId(n: number): string {
  return `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
}

function partOf(name: string, environment: string, lines: readonly (readonly [atMs: number, message: string])[]): Part {
  return {
    identity: {
      ...PLACE,
      logGroup: `/aws/lambda/${name}`,
      logStream: `2026/11/19/[$LATEST]${environment.padEnd(32, '0')}`,
    },
    events: lines.map(([timestampMs, message], at) => ({
      timestampMs,
      message,
      id: `${name}${environment}${timestampMs}${at}`,
    })),
  };
}

function record(atMs: number, type: string, fields: object): readonly [number, string] {
  return [atMs, JSON.stringify({ time: new Date(atMs).toISOString(), type: `platform.${type}`, record: fields })];
}

/** START and REPORT of an invocation that began `afterMs` after {@link KINDS_MS}; 512 MB, 60 MB used. */
function tenantRun(n: number, tenantId: string, afterMs: number, durationMs: number, initDurationMs?: number) {
  const requestId = kindId(n);
  const metrics = {
    durationMs,
    billedDurationMs: durationMs + (initDurationMs ?? 0),
    memorySizeMB: 512,
    maxMemoryUsedMB: 60,
  };
  return [
    record(KINDS_MS + afterMs, 'start', { requestId, version: '$LATEST', tenantId }),
    record(KINDS_MS + afterMs + durationMs, 'report', {
      requestId,
      status: 'success',
      tenantId,
      metrics: initDurationMs === undefined ? metrics : { ...metrics, initDurationMs },
    }),
  ];
}

function initStart(afterMs: number, functionName: string): readonly [number, string] {
  return record(KINDS_MS + afterMs, 'initStart', {
    initializationType: 'on-demand',
    phase: 'init',
    functionName,
    functionVersion: '$LATEST',
    runtimeVersion: 'nodejs:22.v50',
    runtimeVersionArn: ARN,
  });
}

/**
 * `isolated` has tenant isolation. Blue's environment is idle when green first comes (a new tenant), and again when green
 * needs a second environment because its first is busy (scale-out).
 */
const ISOLATED: readonly Part[] = [
  partOf('isolated', 'a', [
    initStart(0, 'isolated'),
    ...tenantRun(1, 'blue', 200, 100, 200),
    ...tenantRun(2, 'blue', 60_000, 40),
    ...tenantRun(3, 'blue', 600_000, 60),
  ]),
  partOf('isolated', 'b', [
    initStart(120_000, 'isolated'),
    ...tenantRun(4, 'green', 120_200, 100, 200),
    ...tenantRun(5, 'green', 180_000, 10_000),
  ]),
  partOf('isolated', 'c', [initStart(185_000, 'isolated'), ...tenantRun(6, 'green', 185_200, 300, 200)]),
];

function latestRun(n: number, afterMs: number, initMs: number | null): readonly (readonly [number, string])[] {
  const at = KINDS_MS + afterMs;
  const init = initMs === null ? '' : `\tInit Duration: ${initMs}.00 ms`;
  return [
    ...(initMs === null
      ? []
      : [[at - initMs, `INIT_START Runtime Version: nodejs:22.v50\tRuntime Version ARN: ${ARN}\n`] as const]),
    [at, `START RequestId: ${kindId(n)} Version: $LATEST\n`],
    [
      at + 50,
      `REPORT RequestId: ${kindId(n)}\tDuration: 50.00 ms\tBilled Duration: ${50 + (initMs ?? 0)} ms\tMemory Size: 256 MB\tMax Memory Used: 70 MB${init}\t\n`,
    ],
  ];
}

/** `latest` is updated 90 s after its first invocation; its environment was idle, and a new one serves the next request. */
const LATEST: readonly Part[] = [
  partOf('latest', 'd', [...latestRun(11, 100, 100), ...latestRun(12, 60_000, null)]),
  partOf('latest', 'e', latestRun(13, 120_100, 100)),
];

/** `streams`: runtimeDone of two responses, one of 7 MiB; the line of the first comes twice. */
const STREAMS: readonly Part[] = [
  partOf('streams', 'f', [
    initStart(0, 'streams'),
    ...responseOf(21, 1000, { first: 80, whole: 900, bytes: 20_480 }),
    ...responseOf(22, 30_000, { first: 120, whole: 1500, bytes: 7 * 1_048_576 }),
    ...responseOf(21, 1000, { first: 80, whole: 900, bytes: 20_480 }).slice(1, 2),
  ]),
];

function responseOf(n: number, afterMs: number, of: { first: number; whole: number; bytes: number }) {
  const requestId = kindId(n);
  const durationMs = of.first + of.whole;
  return [
    record(KINDS_MS + afterMs, 'start', { requestId, version: '$LATEST' }),
    record(KINDS_MS + afterMs + durationMs, 'runtimeDone', {
      requestId,
      status: 'success',
      metrics: { durationMs, producedBytes: of.bytes },
      spans: [
        { name: 'responseLatency', start: new Date(KINDS_MS + afterMs).toISOString(), durationMs: of.first },
        {
          name: 'responseDuration',
          start: new Date(KINDS_MS + afterMs + of.first).toISOString(),
          durationMs: of.whole,
        },
      ],
    }),
    record(KINDS_MS + afterMs + durationMs, 'report', {
      requestId,
      status: 'success',
      metrics: { durationMs, billedDurationMs: durationMs, memorySizeMB: 512, maxMemoryUsedMB: 60 },
    }),
  ];
}

/** `managed` runs on Managed Instances: two invocations at once in one environment; REPORT has its duration only. */
const MANAGED: readonly Part[] = [
  partOf('managed', 'm', [
    record(KINDS_MS, 'initStart', {
      initializationType: 'lambda-managed-instances',
      phase: 'init',
      functionName: 'managed',
      functionVersion: '$LATEST',
      runtimeVersion: 'python:3.13.v12',
      runtimeVersionArn: ARN,
    }),
    record(KINDS_MS + 1000, 'start', { requestId: kindId(31), version: '$LATEST' }),
    record(KINDS_MS + 1100, 'start', { requestId: kindId(32), version: '$LATEST' }),
    record(KINDS_MS + 1400, 'report', managedReport(31, 400)),
    record(KINDS_MS + 1500, 'report', managedReport(32, 400)),
  ]),
];

function managedReport(n: number, durationMs: number): object {
  const spans = [
    { name: 'responseLatency', start: new Date(KINDS_MS).toISOString(), durationMs: 50 },
    { name: 'responseDuration', start: new Date(KINDS_MS).toISOString(), durationMs: 10 },
  ];
  return { requestId: kindId(n), status: 'success', metrics: { durationMs }, spans };
}

/** `workflow` is durable: one execution of three invocations, of which two replay, and one of a single invocation. */
const WORKFLOW: readonly Part[] = [
  partOf('workflow', 'w', [
    ...durableRun(41, 1000, 'order-17', ['reserve', 'charge']),
    ...durableRun(42, 60_000, 'order-17', ['charge', 'ship']),
    ...durableRun(43, 120_000, 'order-17', ['']),
    ...durableRun(44, 130_000, 'order-18', ['reserve']),
  ]),
];

/** Lines as the SDK for JavaScript writes them, between START and REPORT. */
function durableRun(n: number, afterMs: number, name: string, operations: readonly string[]) {
  const at = KINDS_MS + afterMs;
  const executionArn = `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:workflow:$LATEST/durable-execution/${name}/0f1e2d3c`;
  return [
    [at, `START RequestId: ${kindId(n)} Version: $LATEST\n`] as const,
    ...operations.map((operationId, line) => {
      const fields = {
        timestamp: new Date(at + line).toISOString(),
        level: 'INFO',
        requestId: kindId(n),
        executionArn,
      };
      return [
        at + line,
        JSON.stringify({ ...fields, ...(operationId === '' ? {} : { operationId, attempt: 1 }), message: 'done' }),
      ] as const;
    }),
    [
      at + 100,
      `REPORT RequestId: ${kindId(n)}\tDuration: 100.00 ms\tBilled Duration: 100 ms\tMemory Size: 256 MB\tMax Memory Used: 70 MB\t\n`,
    ] as const,
  ];
}

export const UPDATED_MS = KINDS_MS + 90_000;
const CODE_SHA256 = 'Ea0y7bUNmQbZkYhU0lYiZc3aGn1p3vXr0fQ2s1wqk8M=';

function lastModified(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '+0000');
}

/** CloudTrail's record of the update, as AWS documents Lambda's management events. */
export const UPDATE_EVENT = {
  eventVersion: '1.08',
  userIdentity: { type: 'AssumedRole', accountId: PLACE.account },
  eventTime: new Date(UPDATED_MS).toISOString().replace('.000', ''),
  eventSource: 'lambda.amazonaws.com',
  eventName: 'UpdateFunctionCode20150331v2',
  awsRegion: PLACE.region,
  requestParameters: { functionName: 'latest', publish: false, dryRun: false },
  responseElements: {
    functionName: 'latest',
    functionArn: `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:latest`,
    version: '$LATEST',
    lastModified: lastModified(UPDATED_MS),
    codeSha256: CODE_SHA256,
  },
  eventID: '5c1a4b1e-7c7d-4e7b-9f60-2f6a3f0a1b2c',
  eventType: 'AwsApiCall',
  recipientAccountId: PLACE.account,
};

/** An entry of `aws lambda list-functions`. */
function listed(name: string, fields: object): object {
  return {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:${name}`,
    Runtime: 'nodejs22.x',
    MemorySize: 256,
    Timeout: 3,
    PackageType: 'Zip',
    Architectures: ['arm64'],
    Version: '$LATEST',
    ...fields,
  };
}

export const KINDS_PARTS: readonly Part[] = [...ISOLATED, ...LATEST, ...STREAMS, ...MANAGED, ...WORKFLOW];
export const KINDS_SCOPE = PLACE;

function recordsOf(result: ReturnType<typeof readCloudTrail>): readonly TelemetryRecord[] {
  if (!result.ok) throw new Error(result.reason);
  return result.records;
}

/** Known before the update: a hash of the code from which the update differs. */
export const KINDS_INVENTORY_BEFORE: readonly TelemetryRecord[] = recordsOf(
  readFunctionFacts({
    ...listed('latest', { LastModified: lastModified(KINDS_MS - 86_400_000), CodeSha256: 'b2xkIGNvZGU=' }),
  }),
);

export const KINDS_RECORDS: readonly TelemetryRecord[] = recordsOf(readCloudTrail(UPDATE_EVENT));

/** Known afterwards: the update, and a change of configuration later. */
export const KINDS_INVENTORY: readonly TelemetryRecord[] = [
  listed('latest', { LastModified: lastModified(UPDATED_MS), CodeSha256: CODE_SHA256 }),
  listed('latest', { LastModified: lastModified(UPDATED_MS + 7_200_000), CodeSha256: CODE_SHA256, Timeout: 10 }),
  listed('isolated', { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }),
].flatMap((entry) => recordsOf(readFunctionFacts({ ...entry })));

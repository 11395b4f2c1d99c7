/** Bodies that cost more than their bytes unless something limits it. Each is sent with an ingest key alone. */
import { gzipSync } from 'node:zlib';

export interface HostileBody {
  readonly name: string;
  readonly path: '/ingest/lambda' | '/ingest/logs';
  readonly bytes: Buffer<ArrayBuffer>;
  readonly gzip: boolean;
}

const packed = (text: string): Buffer<ArrayBuffer> => Buffer.from(gzipSync(text, { level: 9 }));

function subscription(logGroup: string, logEvents: readonly object[]): Buffer<ArrayBuffer> {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup,
    logStream: 's',
    subscriptionFilters: ['f'],
    logEvents,
  };
  return Buffer.from(JSON.stringify({ awslogs: { data: packed(JSON.stringify(message)).toString('base64') } }));
}

/** The bodies of the attacks, and the largest one of records that cannot be read. `nowMs`: the time of their events. */
export function hostileBodies(nowMs: number): readonly HostileBody[] {
  const one = (message: string, group = '/ecs/anything'): Buffer<ArrayBuffer> =>
    subscription(group, [{ id: '1', timestamp: nowMs, message }]);
  const lambda = (name: string, bytes: Buffer<ArrayBuffer>): HostileBody => ({
    name,
    path: '/ingest/lambda',
    bytes,
    gzip: false,
  });
  const logs = (name: string, text: string): HostileBody => ({
    name,
    path: '/ingest/logs',
    bytes: packed(text),
    gzip: true,
  });
  const accounts = Array.from({ length: 10_000 }, (_, at) => ({
    id: String(at),
    timestamp: nowMs,
    message: 'x',
    extractedFields: { '@aws.account': String(at).padStart(12, '0'), '@aws.region': 'eu-west-1' },
  }));
  const impossible = '9007199254740993 ms';
  const report = `REPORT RequestId: 00000000-0000-4000-8000-000000000000\tDuration: ${impossible}\tBilled Duration: ${impossible}\tMemory Size: 99999999 MB\tMax Memory Used: 99999999 MB\t\n`;
  const traced = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x' };
  return [
    lambda('digits', one(`${JSON.stringify(traced).slice(0, -1)},"x":${'1'.repeat(128_000)}.5}`)),
    logs('brackets', '['.repeat(84_000_000)),
    lambda('brackets-lambda', Buffer.from('['.repeat(30_000_000))),
    logs('rejects', 'x y z\n'.repeat(200_000)),
    logs('open-braces', '{\n'.repeat(80_000)),
    lambda('accounts', subscription('/ecs/anything', accounts)),
    lambda('forged', one(report, '/aws/lambda/forged')),
    {
      name: '80 MB unreadable',
      path: '/ingest/logs',
      bytes: Buffer.from(`${'y'.repeat(1000)}\n`.repeat(80_000)),
      gzip: false,
    },
  ];
}

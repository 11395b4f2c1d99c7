/**
 * Small bodies of the usual kinds. A decode thread reads them when it has started and is idle: V8 compiles the code of a kind while
 * it reads some of it, which made the first body of a kind take two to four times as long as later ones.
 */
import { gzipSync } from 'node:zlib';
import type { RawLogsSource } from '../formats/raw-logs.ts';
import type { DecodeContext } from './pipeline.ts';

/** A body to read, as a request would bring it. */
export type WarmUpJob = { readonly body: Buffer; readonly context: DecodeContext } & (
  | { readonly kind: 'firehose'; readonly headers: { readonly requestId: string } }
  | { readonly kind: 'logs'; readonly source: RawLogsSource }
  | { readonly kind: 'lambda' }
);

/** Time for which a new thread leaves the processors to whatever else starts, and between two bodies, ms. */
const [WARM_UP_AFTER_MS, WARM_UP_EVERY_MS] = [5000, 5];

/** Reads the bodies one at a time, so that a request waits for one of them at most, some time after the start. */
export function warmUp(read: (job: WarmUpJob) => Promise<unknown>, jobs: Iterator<WarmUpJob> = warmUpJobs()): void {
  const step = async (): Promise<void> => {
    const next = jobs.next();
    if (next.done === true) return;
    await read(next.value);
    setTimeout(step, WARM_UP_EVERY_MS).unref();
  };
  setTimeout(step, WARM_UP_AFTER_MS).unref();
}

const CONTEXT: DecodeContext = { raw: 'platform', region: '', selfLogGroups: [] };
const SOURCE: RawLogsSource = { account: '', region: '', logGroup: '/aws/lambda/f', logStream: '' };
const NO_GROUP: RawLogsSource = { ...SOURCE, logGroup: '' };

/** Characters of one body: a few milliseconds of work, for which a request may have to wait. */
const CHARS = 12_000;
/** How often each body is read: V8 optimises what ran often enough. */
const ROUNDS = 6;

const TIME = '2026-11-20T10:00:00.000Z';
const MS = 1_795_888_751_426;
const ID = '3a7f3b6c-1e0d-4d0f-9f5a-0123456789ab';
const STREAM = '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef';
const START = `START RequestId: ${ID} Version: $LATEST`;
const REPORT = `REPORT RequestId: ${ID}\tDuration: 1.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 50 MB\t`;
const LINES = [
  START,
  `${TIME}\t${ID}\tINFO\tx`,
  `END RequestId: ${ID}`,
  REPORT,
  '[ERROR] E: x',
  'RequestId: # Error: x',
];

/** What a text repeats, and what stands before and after it; `#` becomes the number of the repetition. */
type Text = readonly [piece: string, head?: string, tail?: string];

/** Texts that lines of no function's group hold. */
const DOCUMENTS: readonly Text[] = [
  [
    `{"traceId":"${'a'.repeat(32)}","spanId":"${'b'.repeat(16)}","startTimeUnixNano":1791300000000000000,"attributes":{"a#":1}}\n`,
  ],
  [`{"trace_id":"1-5759e988-bd862e3fe1be46a994272793","id":"53995c3f42cd8ad8","start_time":1.7e9}\n`],
  [`{"FunctionName":"f#","FunctionArn":"a"},`, '{"Functions":[', '{}]}'],
];

const TEXTS: readonly Text[] = [
  [LINES.map((line) => `${TIME} ${line}\n`).join('')],
  [`${TIME} START RequestId: # Version: 1\n${TIME} REPORT RequestId: #\tDuration: 1 ms\n`],
  [`${STREAM}# ${TIME} START RequestId: # Version: 1\n`],
  [`<14>1 ${TIME} h a 1 - - ${START}\n${TIME} h a[1]: START RequestId: # Version: 1\n`],
  [`${TIME} EXTENSION\tName: x\tState: Ready\tEvents: []\n${TIME} INIT_START Runtime Version: x\n`],
  [
    `{"time":"${TIME}","type":"platform.start","record":{"requestId":"#"}}\n{"time":"${TIME}","type":"platform.report","record":{"requestId":"#","metrics":{"durationMs":1}}}\n`,
  ],
  [`{"level":"INFO","message":"x","timestamp":"${TIME}"}\n`],
  [`{"timestamp":${MS},"message":"${START}"}\n{"log":"${START}","time":${MS}}\n`],
  [`{"timestamp":${MS},"logStreamName":"${STREAM}","message":"${START}","eventId":"#"},`, '{"events":[', '{}]}'],
  [`${MS},x,s\n`, '@timestamp,@message,@logStream\n'],
  [`| ${MS} | x |\n`, '| timestamp | message |\n|---|---|\n'],
  [`- message: x\n  timestamp: ${MS}\n`, 'events:\n'],
  [`[0] t: [1795888751.426, {"log"=>"x"}]\n`],
  [`{ message: 'x', timestamp: ${MS} }\n`],
  [`[{"field":"@timestamp","value":"2026-11-20 10:00:00"},{"field":"@message","value":"x"}],`, '{"results":[', '[]]}'],
  ['{"result":{"_raw":"x","_time":"1795888751"}}\n'],
  [`EVENTS\t${MS}\tx\t${MS}\n`],
  [`${MS},x\n1795888751 x\n`],
  [
    '0.1,"",0,0,0,0,200,0\n',
    'response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n',
  ],
  ['x y z\n{\n'],
];

/** Each body as often as it is to be read, in turns: work of one step is that of one body. */
export function* warmUpJobs(): Generator<WarmUpJob> {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const text of TEXTS) yield logs(text, SOURCE);
    for (const text of DOCUMENTS) yield logs(text, NO_GROUP);
    const data = gzipSync(subscription()).toString('base64');
    const body = Buffer.from(JSON.stringify({ requestId: 'r', timestamp: 1, records: [{ data }] }));
    yield { kind: 'firehose', headers: { requestId: 'r' }, body, context: CONTEXT };
    yield { kind: 'lambda', body: Buffer.from(JSON.stringify({ awslogs: { data } })), context: CONTEXT };
  }
}

function logs([piece, head = '', tail = '']: Text, source: RawLogsSource): WarmUpJob {
  return { kind: 'logs', body: Buffer.from(head + repeated(piece) + tail), source, context: CONTEXT };
}

function repeated(piece: string): string {
  return Array.from({ length: Math.ceil(CHARS / piece.length) }, (_, at) => piece.replaceAll('#', String(at))).join('');
}

function subscription(): string {
  const logEvents = Array.from({ length: 100 }, (_, at) => ({
    id: String(at).padStart(56, '3'),
    timestamp: MS + at,
    message: `${LINES[at % LINES.length]}\n`,
  }));
  const place = { owner: '123456789012', logGroup: '/aws/lambda/f', logStream: STREAM };
  return JSON.stringify({ messageType: 'DATA_MESSAGE', ...place, subscriptionFilters: ['all'], logEvents });
}

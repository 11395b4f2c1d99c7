/** Seeded application lines in the shapes of Powertools, pino and the Node.js and Python runtimes, in invocations. */
import type { LogEvent } from '../ingest/records/log-event.ts';
import { Random } from '../ingest/records/random.ts';

export interface Delivery {
  readonly functionName: string;
  readonly logStream: string;
  readonly events: readonly LogEvent[];
}

const WORDS = ['order', 'payment', 'customer', 'basket', 'retry', 'queue', 'table', 'index', 'cache', 'session'];
const INVOCATIONS = 40;

/** One delivery of about {@link INVOCATIONS} invocations of one environment, which begins at `atMs`. */
export function delivery(seed: number, index: number, functions: number, atMs: number): Delivery {
  const random = new Random(seed * 1_000_003 + index);
  const fn = Math.floor(random.next() ** 2 * functions);
  const events: LogEvent[] = [];
  let nowMs = atMs;
  for (let invocation = 0; invocation < INVOCATIONS; invocation += 1) {
    const ids = { request: random.uuid(), trace: `1-${random.hex(8)}-${random.hex(24)}` };
    const { request } = ids;
    // A batch of one log stream: its ids count up from a random number.
    let low = BigInt(`0x${random.hex(32)}`);
    const write = (message: string): void => {
      events.push({ id: String((BigInt(nowMs) << 144n) + low), timestampMs: nowMs, message });
      low += 1n;
    };
    write(`START RequestId: ${request} Version: $LATEST\n`);
    const lines = 1 + Math.floor(random.next() * 5);
    for (let n = 0; n < lines; n += 1) {
      nowMs += Math.floor(random.next() * 9);
      write(applicationLine(random, nowMs, ids));
    }
    write(`END RequestId: ${request}\n`);
    const duration = Math.round(random.logNormal(60, 0.8) * 100) / 100;
    write(
      `REPORT RequestId: ${request}\tDuration: ${duration} ms\tBilled Duration: ${Math.ceil(duration)} ms\tMemory Size: 512 MB\tMax Memory Used: ${90 + Math.floor(random.next() * 40)} MB\t\n`,
    );
    nowMs += Math.floor(random.exponential(200));
  }
  return {
    functionName: `service-${String(fn).padStart(3, '0')}`,
    logStream: `2026/11/20/[$LATEST]${random.hex(32)}`,
    events,
  };
}

function applicationLine(
  random: Random,
  ms: number,
  { request, trace }: { readonly request: string; readonly trace: string },
): string {
  const time = new Date(ms).toISOString();
  const some = (n: number): number => Math.floor(random.next() * n);
  const word = (): string => WORDS[some(WORDS.length)] ?? '';
  const level = random.next() < 0.01 ? 'ERROR' : 'INFO';
  switch (some(4)) {
    case 0:
      return `{"level":"${level}","message":"${word()} ${word()} accepted","service":"checkout","timestamp":"${time}","function_request_id":"${request}","xray_trace_id":"${trace}","order":${some(1e6)}}\n`;
    case 1:
      return `${time}\t${request}\t${level}\tfetched ${some(100)} rows of ${word()} in ${some(300)} ms\n`;
    case 2:
      return `[${level}]\t${time}\t${request}\tprocessing record ${some(1e5)} of ${word()}-${word()}\n`;
    default:
      return `{"level":${level === 'ERROR' ? 50 : 30},"time":${ms},"pid":8,"hostname":"169.254.10.1","reqId":"${request}","msg":"${word()} of ${word()} done","amount":${some(30_000) / 100}}\n`;
  }
}

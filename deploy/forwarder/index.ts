/**
 * A Lambda function that forwards CloudWatch Logs to Thermocline. It stores nothing. If the endpoint does not accept an
 * event, it throws, so that Lambda retries and then sends the event to the dead-letter queue. What it cannot read it
 * forwards as it is: Thermocline stores it as a dead letter with the reason.
 *
 * Environment: ENDPOINT (https://…/ingest/lambda), ACCESS_KEY, PLATFORM_LINES_ONLY (yes or no), TIMEOUT_MS.
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { passesPlatformFilter } from '../../ingest/lines/platform-terms.ts';

interface LogsEvent {
  readonly awslogs?: { readonly data?: string };
  readonly Records?: readonly { readonly kinesis?: { readonly data?: string } }[];
}

interface Message {
  readonly messageType?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly logEvents?: readonly { readonly message?: string }[];
}

interface Result {
  /** Subscription messages that Thermocline accepted. */
  readonly delivered: number;
  /** Application lines that were left out, because PLATFORM_LINES_ONLY is yes. */
  readonly filteredLines: number;
}

export async function handler(event: LogsEvent): Promise<Result> {
  const payloads = [event.awslogs, ...(event.Records ?? []).map((record) => record.kinesis)]
    .filter((holder) => holder !== undefined && holder !== null)
    .map(({ data }) => data);
  if (payloads.length === 0) throw new Error('The event carries neither awslogs.data nor Records[].kinesis.data');
  let delivered = 0;
  let filteredLines = 0;
  for (const data of payloads) {
    const kept = process.env['PLATFORM_LINES_ONLY'] === 'yes' ? platformOnly(data) : { data, filtered: 0 };
    filteredLines += kept.filtered;
    if (kept.data === null) continue;
    await deliver(kept.data);
    delivered += 1;
  }
  const result = { delivered, filteredLines };
  // One line in the forwarder's own log group, which is never subscribed.
  if (filteredLines > 0) console.log(JSON.stringify(result));
  return result;
}

interface Kept {
  /** null if nothing is left to send. */
  readonly data: string | undefined | null;
  readonly filtered: number;
}

/** The payload without application lines. Unreadable payloads pass unchanged. */
function platformOnly(data: string | undefined): Kept {
  try {
    const bytes = Buffer.from(data ?? '', 'base64');
    const message = JSON.parse(gunzipSync(bytes).toString('utf8')) as Message;
    if (message.messageType !== 'DATA_MESSAGE' || message.logEvents === undefined) return { data, filtered: 0 };
    // Spans, access logs, flow logs and Lambda Insights arrive through the same subscription, and are wanted whole.
    if (!isFunctionStream(message)) return { data, filtered: 0 };
    const logEvents = message.logEvents.filter((entry) => passesPlatformFilter(entry.message ?? ''));
    const filtered = message.logEvents.length - logEvents.length;
    if (filtered === 0) return { data, filtered };
    if (logEvents.length === 0) return { data: null, filtered };
    return { data: gzipSync(JSON.stringify({ ...message, logEvents })).toString('base64'), filtered };
  } catch {
    return { data, filtered: 0 };
  }
}

/** Function groups, also centralised ones (`ACCOUNT/REGION/aws/lambda/NAME`), and streams of functions in custom groups. */
function isFunctionStream({ logGroup = '', logStream = '' }: Message): boolean {
  return (
    /^(?:\d{12}\/[a-z0-9-]+)?\/aws\/lambda\//.test(logGroup) || /\[(?:\$LATEST|\d+)\][0-9a-f]{32}$/.test(logStream)
  );
}

/** Sends a payload. @throws unless the response is 200; nothing was stored then */
async function deliver(data: string | undefined): Promise<void> {
  const { ENDPOINT = '', ACCESS_KEY = '', TIMEOUT_MS = '10000', AWS_REGION = '' } = process.env;
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${ACCESS_KEY}`,
      'user-agent': 'thermocline-forwarder',
      'x-thermocline-region': AWS_REGION,
    },
    body: JSON.stringify({ awslogs: { data } }),
    redirect: 'error',
    signal: AbortSignal.timeout(Number(TIMEOUT_MS)),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`Thermocline answered ${response.status}: ${text.slice(0, 300)}`);
}

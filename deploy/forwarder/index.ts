/**
 * A Lambda function that forwards CloudWatch Logs to Thermocline. It stores nothing. If the endpoint does not accept an
 * event, it throws, so that Lambda retries and then sends the event to the dead-letter queue.
 *
 * Environment: ENDPOINT (https://…/ingest/lambda), ACCESS_KEY, PLATFORM_LINES_ONLY (yes or no), TIMEOUT_MS.
 */
import { gunzipSync, gzipSync } from 'node:zlib';

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

/** Platform lines, and lines in which runtimes report failures. Too many pass rather than too few. */
const PLATFORM =
  /^(?:START|END|REPORT|INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT|EXTENSION|TELEMETRY|LOGS|LAMBDA_WARNING|RequestId:|Unknown application error occurred|panic: )|Task timed out after|Process exited before completing request|"type"\s*:\s*"platform\.|ENILimitReached|EC2(?:Throttled|AccessDenied)|SubnetIPAddressLimit|Invoke Error|Uncaught Exception|Unhandled Promise Rejection|Traceback \(most recent|Exception|errorMessage|exception from handler|Error raised from handler|Error loading|panicked at|: errorString|Lambda runtime invoke/;

export async function handler(event: LogsEvent): Promise<{ readonly delivered: number }> {
  const payloads = [event.awslogs?.data, ...(event.Records ?? []).map((record) => record.kinesis?.data)].filter(
    (data): data is string => typeof data === 'string',
  );
  if (payloads.length === 0) throw new Error('The event carries neither awslogs.data nor Records[].kinesis.data');
  let delivered = 0;
  for (const data of payloads) {
    const kept = process.env['PLATFORM_LINES_ONLY'] === 'yes' ? platformOnly(data) : data;
    if (kept === null) continue;
    await deliver(kept);
    delivered += 1;
  }
  return { delivered };
}

/** The payload without application lines; null if nothing is left. Forwards unreadable payloads unchanged. */
function platformOnly(data: string): string | null {
  try {
    const bytes = Buffer.from(data, 'base64');
    const message = JSON.parse(gunzipSync(bytes).toString('utf8')) as Message;
    if (message.messageType !== 'DATA_MESSAGE' || message.logEvents === undefined) return data;
    // Spans, access logs, flow logs and Lambda Insights arrive through the same subscription, and are wanted whole.
    if (!isFunctionStream(message)) return data;
    const logEvents = message.logEvents.filter((entry) => PLATFORM.test((entry.message ?? '').trimStart()));
    if (logEvents.length === 0) return null;
    if (logEvents.length === message.logEvents.length) return data;
    return gzipSync(JSON.stringify({ ...message, logEvents })).toString('base64');
  } catch {
    return data;
  }
}

function isFunctionStream({ logGroup = '', logStream = '' }: Message): boolean {
  return logGroup.startsWith('/aws/lambda/') || /\[(?:\$LATEST|\d+)\][0-9a-f]{32}$/.test(logStream);
}

/** Sends a payload. @throws unless the response is 200; nothing was stored then */
async function deliver(data: string): Promise<void> {
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

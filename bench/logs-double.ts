/**
 * Fake CloudWatch Logs that answers DescribeLogGroups, TestMetricFilter and FilterLogEvents from prepared pages, so that
 * it uses hardly any CPU while the product is measured. Pages hold up to 1 MB, like the service's.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoadShape } from './load.ts';
import { EVENTS_PER_PAYLOAD, payloadText } from './load.ts';

interface Order {
  readonly shape: LoadShape;
  readonly groups: number;
  readonly payloadsPerGroup: number;
}

const PAGE_BYTES = 1_000_000;

process.once('message', (order: Order) => {
  const pages = new Map<string, Buffer[]>();
  let events = 0;
  for (let group = 0; group < order.groups; group += 1) {
    const name = `/aws/lambda/backfilled-${group}`;
    const made: Buffer[] = [];
    let page: string[] = [];
    let bytes = 0;
    const flush = (): void => {
      made.push(Buffer.from(page.join(',')));
      page = [];
      bytes = 0;
    };
    for (let at = 0; at < order.payloadsPerGroup; at += 1) {
      const { logStream, logEvents } = JSON.parse(payloadText(order.shape, group * order.payloadsPerGroup + at)) as {
        logStream: string;
        logEvents: { id: string; timestamp: number; message: string }[];
      };
      for (const { id, timestamp, message } of logEvents) {
        const text = JSON.stringify({
          eventId: id,
          logStreamName: logStream,
          timestamp,
          message,
          ingestionTime: timestamp,
        });
        if (bytes + text.length > PAGE_BYTES) flush();
        page.push(text);
        bytes += text.length + 1;
      }
      events += EVENTS_PER_PAYLOAD;
    }
    flush();
    pages.set(name, made);
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const input = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, never>;
      const target = String(request.headers['x-amz-target']).split('.')[1];
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(answer(target, input, pages));
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port, events, pages: [...pages.values()].flat().length });
  });
});

function answer(
  target: string | undefined,
  input: Record<string, never>,
  pages: ReadonlyMap<string, Buffer[]>,
): Buffer | string {
  if (target === 'DescribeLogGroups') {
    const logGroups = [...pages.keys()].map((logGroupName) => ({
      logGroupName,
      arn: `arn:aws:logs:eu-west-1:123456789012:log-group:${logGroupName}:*`,
    }));
    return JSON.stringify({ logGroups });
  }
  if (target === 'TestMetricFilter') {
    const messages = input['logEventMessages'] as unknown as string[];
    return JSON.stringify({ matches: messages.map((_, at) => ({ eventNumber: at + 1 })) });
  }
  const group = pages.get(input['logGroupName'] as unknown as string) ?? [];
  const at = Number(input['nextToken'] ?? 0);
  const next = at + 1 < group.length ? `,"nextToken":"${at + 1}"` : '';
  return Buffer.concat([Buffer.from('{"events":['), group[at] ?? Buffer.alloc(0), Buffer.from(`]${next}}`)]);
}

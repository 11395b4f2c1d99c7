/**
 * OTLP/HTTP: spans and log records of OpenTelemetry. Keys, limits, fairness and dead letters are those of the other ingest endpoints;
 * answers have the forms of the protocol. Metrics are not accepted.
 */
import type { Hono, Context as HonoContext } from 'hono';
import type { DecodedBody } from '../../../ingest/decode/decode-worker.ts';
import { integer, plural } from '../../../ingest/text/quantities.ts';
import type { IngestContext } from '../context.ts';
import { otlpRoutes } from '../contract/otlp.ts';
import type { Refuse } from './answer.ts';
import { closing } from './answer.ts';
import { decodeContext } from './decode-context.ts';
import { guarded } from './guard.ts';
import type { PartialSuccess } from './otlp-answer.ts';
import { encodingOf, exportAnswer, statusAnswer } from './otlp-answer.ts';
import { ingest, scopeOf } from './upload.ts';

type Signal = 'traces' | 'logs';

const SIGNALS: Readonly<Record<keyof typeof otlpRoutes, Signal>> = { otlpTraces: 'traces', otlpLogs: 'logs' };

const NO_METRICS =
  'Metrics of OpenTelemetry are not accepted. Set OTEL_METRICS_EXPORTER=none, or send traces and logs alone; metrics of CloudWatch arrive by a metric stream';

export function mountOtlp(app: Hono, context: IngestContext): void {
  for (const [operationId, signal] of Object.entries(SIGNALS)) {
    const { method, path, scope } = otlpRoutes[operationId as keyof typeof otlpRoutes];
    app.on(method.toUpperCase(), path, (c) => receive(context, c, signal, scope));
    app.all(path, (c) => refused(c, 405, `${c.req.method} is not supported. Use POST`));
  }
  // 404 is what a server without the service answers; unlike 5xx, no exporter retries it.
  app.all('/v1/metrics', (c) => closing(refused(c, 404, NO_METRICS)));
}

function refused(c: HonoContext, status: 404 | 405, message: string): Response {
  return statusAnswer(encodingOf(c.req.header('content-type')) ?? 'json', status, message);
}

function receive(context: IngestContext, c: HonoContext, signal: Signal, scope: 'ingest'): Promise<Response> {
  const encoding = encodingOf(c.req.header('content-type'));
  const refuse: Refuse = (_context, status, message) =>
    statusAnswer(encoding ?? 'json', status === 200 ? 500 : status, message);
  return guarded(context, c, { label: `otlp-${signal}`, scope, query: undefined, refuse }, async () => {
    if (encoding === null) {
      const got = (c.req.header('content-type') ?? 'none').slice(0, 100);
      const expected = `Content-Type: expected application/x-protobuf or application/json, got ${got}`;
      return closing(refuse(context, 415, expected, ''));
    }
    const sender = (c.req.header('user-agent') ?? 'unknown').slice(0, 180);
    return ingest(
      context,
      c,
      { kind: 'otlp', name: `${signal} of ${sender}` },
      (body) => ({ kind: 'otlp', body, signal, encoding, context: decodeContext(context, '', scopeOf(c)) }),
      (decoded) => exportAnswer(encoding, partialSuccess(signal, decoded.unreadable)),
      refuse,
    );
  });
}

/** What of a request was not stored; null if all was. */
function partialSuccess(
  signal: Signal,
  unreadable: Extract<DecodedBody, { ok: true }>['unreadable'],
): PartialSuccess | null {
  const rejected = unreadable.reduce((sum, [, n]) => sum + n, 0);
  if (rejected === 0) return null;
  const [field, item] =
    signal === 'traces' ? (['rejectedSpans', 'span'] as const) : (['rejectedLogRecords', 'log record'] as const);
  const reasons = unreadable.map(([reason, n]) => `${reason} (${integer(n)})`).join(', ');
  const were = rejected === 1 ? 'was' : 'were';
  const message = `${plural(rejected, item)} ${were} not stored: ${reasons}. They are kept as dead letters: see the Ingest page`;
  return { field, rejected, message };
}

/** Sample notifications for receiver tests and previews. Pure. */
import { iso } from '../../../ingest/records/time.ts';
import type { Alert } from '../evaluate/alert.ts';
import { testAlert } from '../evaluate/alert.ts';
import type { Body } from './bodies.ts';
import { bodyOf, nativeData, templateData } from './bodies.ts';
import { mailText } from './mail.ts';
import type { Notification } from './notification.ts';
import type { KnownReceiver, ReceiverFormat } from './receiver.ts';
import { namesInTemplate, templateError } from './template.ts';

function sampleNotification(receiver: string, nowMs: number, publicUrl: string | null): Notification {
  const timestamp = iso(nowMs);
  const alerts = [{ status: 'firing' as const, alert: testAlert(timestamp) }];
  return { groupKey: '[]', receiver, alerts, total: 1, timestamp, publicUrl };
}

/** Body of a receiver test. The native form has its own type, `webhook.test`, so that receivers do not page for it. */
export function testBody({ receiver, secrets }: KnownReceiver, nowMs: number, publicUrl: string | null): string {
  const notification = sampleNotification(receiver.name, nowMs, publicUrl);
  const { format, template, url } = receiver;
  if (format !== 'native') return bodyOf(format, notification, { template, routingKey: secrets.routingKey, url }).body;
  const { timestamp } = notification;
  return JSON.stringify({ type: 'webhook.test', timestamp, data: nativeData(notification) });
}

/** Body of a sample notification, and why its template does not make JSON (null if it does). */
export function previewBody(
  format: ReceiverFormat,
  template: string | null,
  nowMs: number,
  publicUrl: string | null,
): Body & { readonly problem: string | null } {
  const notification = sampleNotification('preview', nowMs, publicUrl);
  const made = bodyOf(format, notification, { template, routingKey: null });
  if (format === 'email') return { ...made, body: mailText(made.body), problem: null };
  return { ...made, problem: format === 'template' && template !== null ? templateProblem(template) : null };
}

/** A value with what would end a JSON string, or a line, if it were not escaped. */
const HOSTILE = 'a "quoted" \\ text\nof two lines\t{{summary}}';

/**
 * Where and why a template does not make JSON; null if it does. Tried with an alert that fires and leaves out what it can, and with
 * one that ended and states all of it, in texts with quotes and line breaks.
 */
export function templateProblem(template: string): string | null {
  return samplesOf(template)
    .map((sample) => templateError(template, templateData(sample)))
    .reduce((first, problem) => first ?? problem, null);
}

function samplesOf(template: string): readonly Notification[] {
  const at = iso(0);
  const texts = (group: 'labels' | 'annotations') =>
    Object.fromEntries(namesInTemplate(template, group).map((name) => [name, HOSTILE]));
  const bare: Alert = { ...testAlert(at), labels: {}, value: null, interval: null, coverage: null };
  const evidence = { logStream: HOSTILE, cause: HOSTILE, line: HOSTILE };
  const full: Alert = {
    ...testAlert(at),
    ruleName: HOSTILE,
    runbookUrl: HOSTILE,
    labels: texts('labels'),
    annotations: texts('annotations'),
    summary: HOSTILE,
    endsAt: at,
    reason: HOSTILE,
    evidence: [{ requestId: HOSTILE, timestamp: at, status: HOSTILE, ...evidence }],
  };
  const notification = { receiver: HOSTILE, timestamp: at };
  const resolved = { status: 'resolved' as const, alert: full };
  return [
    { ...notification, groupKey: '[]', alerts: [{ status: 'firing', alert: bare }], total: 1, publicUrl: null },
    {
      ...notification,
      groupKey: '[["a","b"]]',
      alerts: [resolved, resolved],
      total: 3,
      publicUrl: 'https://a.example',
    },
  ];
}

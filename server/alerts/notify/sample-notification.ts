/** Sample notifications for receiver tests and previews. Pure. */
import { iso } from '../../../ingest/records/time.ts';
import { testAlert } from '../evaluate/alert.ts';
import type { Body, Notification } from './bodies.ts';
import { bodyOf, nativeData } from './bodies.ts';
import type { KnownReceiver, ReceiverFormat } from './receiver.ts';

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

/** Body of a sample notification, and why it is not valid JSON (null if it is). */
export function previewBody(
  format: ReceiverFormat,
  template: string | null,
  nowMs: number,
  publicUrl: string | null,
): Body & { readonly problem: string | null } {
  const made = bodyOf(format, sampleNotification('preview', nowMs, publicUrl), { template, routingKey: null });
  return { ...made, problem: jsonError(made.body) };
}

function jsonError(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

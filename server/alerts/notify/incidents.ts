/** Bodies for services that open and close incidents: PagerDuty and Opsgenie. Pure. */
import { escapedJson } from '../../../ingest/text/printable.ts';
import { fingerprintHash } from '../rules/fingerprint.ts';
import { SEVERITIES } from '../rules/rule.ts';
import { oneLine } from './chat-text.ts';
import type { AlertStatus } from './marks.ts';
import type { Notification } from './notification.ts';
import { buttonsOf, linksOf } from './notification.ts';

const MAX_ATTACHED_ALERTS = 20;
const MAX_DEDUP_CHARS = 255;
const MAX_PAGERDUTY_SUMMARY = 1024;

/** PagerDuty Events v2: one incident per group, opened and resolved by the same `dedup_key`. */
export function pagerduty(notification: Notification, status: AlertStatus, routingKey: string): object {
  const { groupKey, receiver, alerts, publicUrl } = notification;
  const [first] = alerts;
  const links = buttonsOf(linksOf(notification)).map(({ label, url }) => ({ href: url, text: label }));
  return {
    routing_key: routingKey,
    event_action: status === 'firing' ? 'trigger' : 'resolve',
    dedup_key: dedupKey(`${receiver}/${groupKey}`),
    payload: {
      summary: summaryOf(notification, MAX_PAGERDUTY_SUMMARY),
      source: 'thermocline',
      severity: SEVERITIES.find((one) => one === first?.alert.severity) ?? 'warning',
      timestamp: first?.alert.startsAt,
      custom_details: {
        alerts: alerts.slice(0, MAX_ATTACHED_ALERTS).map((one) => ({
          status: one.status,
          labels: Object.fromEntries(Object.entries(one.alert.labels).map(([name, value]) => [name, oneLine(value)])),
          summary: oneLine(one.alert.summary),
        })),
      },
    },
    // Shown with an incident that is opened; the others of its fields are those of the event that opened it.
    ...(status === 'firing' && links.length > 0 ? { links } : {}),
    ...(status === 'firing' && publicUrl !== null ? { client: 'Thermocline', client_url: `${publicUrl}/alerts` } : {}),
  };
}

/** PagerDuty takes 255 characters. Of a longer key it has the start and a hash, so that groups do not share an incident. */
function dedupKey(key: string): string {
  if (key.length <= MAX_DEDUP_CHARS) return key;
  const hash = fingerprintHash({ key });
  return `${key.slice(0, MAX_DEDUP_CHARS - hash.length - 1)}#${hash}`;
}

/** Limits of the fields of an alert (Opsgenie's reference of its Alert API). */
const OPSGENIE = { message: 130, description: 15_000, detail: 8000, note: 25_000, tag: 50, tags: 20 } as const;
const PRIORITIES: Readonly<Record<string, string>> = { critical: 'P1', warning: 'P3', info: 'P5' };

/**
 * Opsgenie: one alert per group, created and closed by the same alias. The alias of one that is closed is part of the address of the
 * request, which {@link opsgenieRequest} makes.
 */
export function opsgenie(notification: Notification, status: AlertStatus): object {
  const { groupKey, receiver, alerts } = notification;
  const [first] = alerts;
  const alias = `thermocline-${fingerprintHash({ receiver, groupKey })}`;
  if (status === 'resolved') return { alias, source: 'thermocline', note: summaryOf(notification, OPSGENIE.note) };
  const details = {
    ...Object.fromEntries(
      Object.entries(first?.alert.labels ?? {}).map(([name, value]) => [
        name,
        oneLine(value).slice(0, OPSGENIE.detail),
      ]),
    ),
    ...Object.fromEntries(buttonsOf(linksOf(notification)).map(({ label, url }) => [label.toLowerCase(), url])),
  };
  const lines = alerts.slice(0, MAX_ATTACHED_ALERTS).map((one) => `${one.status}: ${oneLine(one.alert.summary)}`);
  return {
    message: summaryOf(notification, OPSGENIE.message),
    alias,
    description: lines.join('\n').slice(0, OPSGENIE.description),
    details,
    source: 'thermocline',
    priority: PRIORITIES[first?.alert.severity ?? ''] ?? 'P3',
    tags: ['thermocline', ...(first === undefined ? [] : [oneLine(first.alert.severity)])]
      .slice(0, OPSGENIE.tags)
      .map((tag) => tag.slice(0, OPSGENIE.tag)),
  };
}

/** Address and body of the request for a body of {@link opsgenie}. */
export function opsgenieRequest(
  url: string,
  { alias, ...fields }: { readonly alias: string } & Readonly<Record<string, unknown>>,
): { readonly url: string; readonly body: string } {
  const isClosed = fields['message'] === undefined;
  if (!isClosed) return { url, body: escapedJson(JSON.stringify({ alias, ...fields })) };
  const closing = new URL(url);
  closing.pathname = `${closing.pathname.replace(/\/+$/, '')}/${encodeURIComponent(alias)}/close`;
  closing.searchParams.set('identifierType', 'alias');
  return { url: closing.href, body: escapedJson(JSON.stringify(fields)) };
}

function summaryOf({ alerts: [first], total }: Notification, most: number): string {
  const more = total > 1 ? ` and ${total - 1} more` : '';
  return `${oneLine(first?.alert.summary ?? '').slice(0, most - more.length)}${more}`;
}

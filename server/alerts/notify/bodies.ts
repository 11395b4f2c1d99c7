/** What receivers are sent, in the form each of them reads. Text from logs is data in all of them: JSON does the quoting. */
import type { Alert } from '../evaluate/alert.ts';
import { fingerprintHash } from '../rules/fingerprint.ts';
import type { Labels } from '../rules/rule.ts';

export const FORMATS = ['native', 'alertmanager', 'slack', 'discord', 'pagerduty', 'template'] as const;
export type Format = (typeof FORMATS)[number];

export interface Told {
  readonly status: 'firing' | 'resolved';
  readonly alert: Alert;
}

export interface Notice {
  readonly groupKey: string;
  readonly receiver: string;
  /** Those that fit; `total` counts all. */
  readonly told: readonly Told[];
  readonly total: number;
  readonly timestamp: string;
  /** Where the server is reached; null where nobody said. */
  readonly publicUrl: string | null;
}

export interface Body {
  readonly type: string;
  readonly body: string;
}

/** Of one alert's own evidence and of the alerts of a group, in a native body of less than 20 kB. */
const MOST_NATIVE_BYTES = 20_000;
const MOST_ATTACHED = 20;
const SLACK_TEXT = 2900;

export function bodyOf(
  format: Format,
  notice: Notice,
  options: { readonly template: string | null; readonly routingKey: string | null },
): Body {
  const status = notice.told.some((one) => one.status === 'firing') ? 'firing' : 'resolved';
  const type = `alert.${status}`;
  switch (format) {
    case 'native':
      return { type: nativeType(notice, type), body: native(notice, nativeType(notice, type)) };
    case 'alertmanager':
      return { type, body: JSON.stringify(alertmanager(notice, status)) };
    case 'slack':
      return { type, body: JSON.stringify({ text: lines(notice, slackText).slice(0, SLACK_TEXT) }) };
    case 'discord':
      return {
        type,
        body: JSON.stringify({ content: lines(notice, discordText).slice(0, 1900), allowed_mentions: { parse: [] } }),
      };
    case 'pagerduty':
      return { type, body: JSON.stringify(pagerduty(notice, status, options.routingKey ?? '')) };
    case 'template':
      return { type, body: filled(options.template ?? '{}', notice, status) };
  }
}

/** Verdicts on changes, and sources that fall silent, have types of their own: they are news, not thresholds. */
const NATIVE_TYPES: Readonly<Record<string, string>> = { change: 'change.verdict', ingestSilence: 'ingest.gap' };

function nativeType({ told: [first] }: Notice, type: string): string {
  return first?.status === 'firing' ? (NATIVE_TYPES[first.alert.signal ?? ''] ?? type) : type;
}

/** One alert as the native form tells it; the others of its group stand beside it, briefly. */
export function nativeData({ told: [first], told, total, groupKey, publicUrl }: Notice): object | null {
  if (first === undefined) return null;
  const { alert } = first;
  return {
    schema: 1,
    status: first.status,
    id: alert.id,
    sequence: alert.sequence,
    fingerprint: fingerprintHash(alert.labels),
    groupKey,
    rule: { id: alert.ruleId, name: alert.ruleName, severity: alert.severity, runbookUrl: alert.runbookUrl },
    labels: alert.labels,
    annotations: alert.annotations,
    summary: alert.summary,
    value: alert.value,
    threshold: alert.threshold,
    unit: alert.unit,
    n: alert.n,
    interval: alert.interval,
    coverage: alert.coverage,
    window: alert.window,
    startsAt: alert.startsAt,
    endsAt: alert.endsAt,
    reason: alert.reason,
    evidence: alert.evidence,
    others: told.slice(1).map((one) => ({
      status: one.status,
      id: one.alert.id,
      sequence: one.alert.sequence,
      rule: { id: one.alert.ruleId, name: one.alert.ruleName },
      labels: one.alert.labels,
      summary: one.alert.summary,
      startsAt: one.alert.startsAt,
      endsAt: one.alert.endsAt,
    })),
    truncated: total - told.length,
    links:
      publicUrl === null ? null : { ui: `${publicUrl}/alerts`, silence: `${publicUrl}/alerts?silence=${alert.id}` },
  };
}

function native(notice: Notice, type: string): string {
  for (let most = notice.told.length; ; most = Math.floor(most / 2)) {
    const part = { ...notice, told: notice.told.slice(0, Math.max(1, most)) };
    const body = JSON.stringify({ type, timestamp: notice.timestamp, data: nativeData(part) });
    if (most <= 1 || Buffer.byteLength(body) < MOST_NATIVE_BYTES) return body;
  }
}

/** Alertmanager's webhook, version 4, with exactly its keys. */
function alertmanager({ groupKey, receiver, told, total, publicUrl }: Notice, status: string): object {
  return {
    version: '4',
    groupKey,
    truncatedAlerts: total - told.length,
    status,
    receiver,
    groupLabels: Object.fromEntries(JSON.parse(groupKey) as [string, string][]),
    commonLabels: common(told.map((one) => one.alert.labels)),
    commonAnnotations: common(told.map((one) => one.alert.annotations)),
    externalURL: publicUrl ?? '',
    alerts: told.map((one) => ({
      status: one.status,
      labels: one.alert.labels,
      annotations: { ...one.alert.annotations, summary: one.alert.summary },
      startsAt: one.alert.startsAt,
      endsAt: one.alert.endsAt ?? '0001-01-01T00:00:00Z',
      generatorURL: publicUrl === null ? '' : `${publicUrl}/alerts`,
      fingerprint: fingerprintHash(one.alert.labels),
    })),
  };
}

/** One event of a group: the same key opens and closes it. */
function pagerduty({ groupKey, receiver, told, total }: Notice, status: string, routingKey: string): object {
  const [first] = told;
  const severities: Readonly<Record<string, string>> = { critical: 'critical', warning: 'warning', info: 'info' };
  return {
    routing_key: routingKey,
    event_action: status === 'firing' ? 'trigger' : 'resolve',
    dedup_key: `${receiver}/${groupKey}`.slice(0, 255),
    payload: {
      summary: `${first?.alert.summary ?? ''}${total > 1 ? ` and ${total - 1} more` : ''}`.slice(0, 1024),
      source: 'thermocline',
      severity: severities[first?.alert.severity ?? ''] ?? 'warning',
      timestamp: first?.alert.startsAt,
      custom_details: {
        alerts: told
          .slice(0, MOST_ATTACHED)
          .map((one) => ({ status: one.status, labels: one.alert.labels, summary: one.alert.summary })),
      },
    },
  };
}

/** `{{path}}` is replaced by the JSON text of what stands there in the native body; nothing else is interpreted. */
export function filled(template: string, notice: Notice, status: string): string {
  const data = { status, ...nativeData(notice) } as Record<string, unknown>;
  return template.replaceAll(/\{\{\s*([\w.]{1,200})\s*\}\}/g, (_, path: string) => {
    let value: unknown = data;
    for (const name of path.split('.')) {
      value =
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined;
    }
    const json = JSON.stringify(value ?? null);
    // Within quotes of the template stands text; elsewhere the JSON value itself would do, but text is what people write.
    return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
  });
}

function lines(notice: Notice, text: (value: string) => string): string {
  const shown = notice.told.slice(0, MOST_ATTACHED).map(({ status, alert }) => {
    const mark = status === 'resolved' ? '✅ resolved' : alert.severity === 'critical' ? '🔴 critical' : '🟠 firing';
    return `${mark} ${text(alert.summary)}`;
  });
  const more = notice.total - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Slack's three control characters. */
function slackText(value: string): string {
  return oneLine(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function discordText(value: string): string {
  return oneLine(value).replaceAll(/([\\`*_{}[\]()#+\-.!|~>@<])/g, '\\$1');
}

function oneLine(value: string): string {
  return value.replaceAll(/\p{Cc}+/gu, ' ');
}

function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  );
}

/** Request bodies of notifications, one form per receiver format. Log text is data in all of them: JSON does the quoting. */
import { escapedJson } from '../../../ingest/text/printable.ts';
import { fingerprintHash } from '../rules/fingerprint.ts';
import type { Labels } from '../rules/rule.ts';
import type { CardLine } from './chat-cards.ts';
import { discordMessage, slackBlocks, teamsMessage } from './chat-cards.ts';
import { CHAT_TEXTS } from './chat-text.ts';
import { opsgenie, pagerduty } from './incidents.ts';
import { alertMail } from './mail.ts';
import type { AlertStatus } from './marks.ts';
import { markOf, toneOf } from './marks.ts';
import type { Notification } from './notification.ts';
import { linksOf } from './notification.ts';
import type { ReceiverFormat } from './receiver.ts';
import { labelsOfGroupKey } from './routing.ts';
import type { TemplateData } from './template.ts';
import { fillTemplate } from './template.ts';

export interface Body {
  /** `alert.firing`, `alert.resolved`, `change.verdict`, `ingest.gap`, `error.new` or `error.regressed`. */
  readonly type: string;
  readonly body: string;
}

const MAX_NATIVE_BYTES = 20_000;
/** Alerts listed in chat messages. */
const MAX_ATTACHED_ALERTS = 20;
const MAX_SLACK_CHARS = 2900;

/** Renders a notification in the receiver's format. */
export function bodyOf(
  format: ReceiverFormat,
  notification: Notification,
  options: {
    readonly template: string | null;
    readonly routingKey: string | null;
    /** Address of the receiver, which decides how texts in a template are escaped. */
    readonly url?: string | null;
  },
): Body {
  const status = statusOf(notification);
  const type = `alert.${status}`;
  switch (format) {
    case 'native':
      return { type: nativeType(notification, type), body: native(notification, nativeType(notification, type)) };
    case 'alertmanager':
      return { type, body: json(alertmanager(notification, status)) };
    case 'slack':
      return { type, body: json(slack(notification)) };
    case 'teams':
      return { type, body: json(teams(notification)) };
    case 'discord':
      return { type, body: json(discordMessage(notification)) };
    case 'pagerduty':
      return { type, body: json(pagerduty(notification, status, options.routingKey ?? '')) };
    case 'opsgenie':
      return { type, body: json(opsgenie(notification, status)) };
    case 'email':
      return { type, body: json(alertMail(notification)) };
    case 'template':
      return { type, body: fillTemplate(options.template ?? '{}', templateData(notification), options.url ?? null) };
  }
}

function statusOf({ alerts }: Notification): AlertStatus {
  return alerts.some((one) => one.status === 'firing') ? 'firing' : 'resolved';
}

/** Change verdicts, silent sources and groups of failures have their own types: receivers route them apart from threshold alerts. */
const NATIVE_TYPES: Readonly<Record<string, string>> = {
  change: 'change.verdict',
  ingestSilence: 'ingest.gap',
  newErrors: 'error.new',
  regressedErrors: 'error.regressed',
};

function nativeType({ alerts: [first] }: Notification, type: string): string {
  const signal = first?.status === 'firing' ? first.alert.signal : null;
  return (signal === null || signal === undefined ? null : NATIVE_TYPES[signal]) ?? type;
}

/** `data` of the native body: the first alert in full, the others of the group abbreviated. Null without alerts. */
export function nativeData({ alerts: [first], alerts, total, groupKey, publicUrl }: Notification): object | null {
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
    ...(alert.summaryCode === undefined ? {} : { summaryCode: alert.summaryCode }),
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
    others: alerts.slice(1).map((one) => ({
      status: one.status,
      id: one.alert.id,
      sequence: one.alert.sequence,
      rule: { id: one.alert.ruleId, name: one.alert.ruleName },
      labels: one.alert.labels,
      summary: one.alert.summary,
      startsAt: one.alert.startsAt,
      endsAt: one.alert.endsAt,
    })),
    truncated: total - alerts.length,
    links:
      publicUrl === null ? null : { ui: `${publicUrl}/alerts`, silence: `${publicUrl}/alerts?silence=${alert.id}` },
  };
}

/** The fields that templates can name: the native data, and the status of the whole group where it has no alert. */
export function templateData(notification: Notification): TemplateData {
  return { status: statusOf(notification), ...nativeData(notification) };
}

/** Drops alerts until the body fits into {@link MAX_NATIVE_BYTES}. */
function native(notification: Notification, type: string): string {
  for (let most = notification.alerts.length; ; most = Math.floor(most / 2)) {
    const part = { ...notification, alerts: notification.alerts.slice(0, Math.max(1, most)) };
    const body = json({ type, timestamp: notification.timestamp, data: nativeData(part) });
    if (most <= 1 || Buffer.byteLength(body) < MAX_NATIVE_BYTES) return body;
  }
}

/** Alertmanager's webhook body, version 4, with exactly its keys. */
function alertmanager({ groupKey, receiver, alerts, total, publicUrl }: Notification, status: string): object {
  return {
    version: '4',
    groupKey,
    truncatedAlerts: total - alerts.length,
    status,
    receiver,
    groupLabels: labelsOfGroupKey(groupKey) ?? {},
    commonLabels: common(alerts.map((one) => one.alert.labels)),
    commonAnnotations: common(alerts.map((one) => one.alert.annotations)),
    externalURL: publicUrl ?? '',
    alerts: alerts.map((one) => ({
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

function lines(notification: Notification, text: (value: string) => string): string {
  const shown = notification.alerts.slice(0, MAX_ATTACHED_ALERTS).map(({ status, alert }) => {
    return `${markOf(status, alert)} ${text(alert.summary)}`;
  });
  const more = notification.total - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** Text without formatting, mentions of names and previews of links (Slack's reference of incoming webhooks), and buttons. */
function slack(notification: Notification): object {
  const text = lines(notification, CHAT_TEXTS.slack).slice(0, MAX_SLACK_CHARS);
  const blocks = slackBlocks(text, linksOf(notification));
  return {
    text,
    ...(blocks.length === 0 ? {} : { blocks }),
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  };
}

function teams(notification: Notification): object {
  const listed = notification.alerts.slice(0, MAX_ATTACHED_ALERTS).map(({ status, alert }): CardLine => {
    return { tone: toneOf(status, alert), text: `${markOf(status, alert)} ${alert.summary}` };
  });
  const more = notification.total - listed.length;
  const others: readonly CardLine[] = more > 0 ? [{ tone: 'firing', text: `and ${more} more` }] : [];
  return teamsMessage([...listed, ...others], linksOf(notification));
}

/** JSON whose text holds no characters that a terminal or a page would obey; values are the same. */
function json(value: unknown): string {
  return escapedJson(JSON.stringify(value));
}

function common(all: readonly Labels[]): Labels {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((labels) => labels[name] === value)),
  );
}

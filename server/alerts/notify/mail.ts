/** E-mails about alerts: subject, plain text and HTML without pictures of other servers. Pure. */
import * as z from 'zod';
import { escapeHtml } from '../../../ingest/text/html.ts';
import { quantity } from '../../../ingest/text/quantities.ts';
import { oneLine } from './chat-text.ts';
import type { Tone } from './marks.ts';
import { markOf, toneOf } from './marks.ts';
import type { MessageLinks, Notification } from './notification.ts';
import { buttonsOf, linksOf } from './notification.ts';

/** A message as it is stored in the outbox. */
export const storedMail = z.object({
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  /** What it is about: messages that share one are a conversation. */
  threads: z.array(z.string()),
  /** Those that have not got it yet; null for all addresses of the receiver. */
  recipients: z.array(z.string()).nullable(),
  /** Id of the report that is attached; null if there is none. */
  report: z.string().nullable(),
});
export type StoredMail = z.infer<typeof storedMail>;

/** The subject and the text of a stored message, for readers of what was sent. */
export function mailText(body: string): string {
  const { subject, text } = storedMail.parse(JSON.parse(body));
  return `Subject: ${subject}\n\n${text}`;
}

const MOST_ALERTS = 20;
const MOST_SUBJECT_CHARS = 200;
const MOST_TEXT_CHARS = 1000;
const MOST_LABELS = 20;

const COLOURS: Readonly<Record<Tone, string>> = { critical: '#b42318', firing: '#b54708', ended: '#067647' };
const FONT = 'font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif';

/** The message about a group of alerts. */
export function alertMail(notification: Notification): StoredMail {
  const links = linksOf(notification);
  const listed = notification.alerts.slice(0, MOST_ALERTS);
  const more = notification.total - listed.length;
  return {
    subject: subjectOf(notification),
    text: textOf(listed, more, links),
    html: htmlOf(listed, more, links),
    threads: listed.map(({ alert }) => alert.id),
    recipients: null,
    report: null,
  };
}

function subjectOf({ alerts, total }: Notification): string {
  const first = alerts.find((one) => one.status === 'firing') ?? alerts[0];
  if (first === undefined) return 'Thermocline';
  const tone = toneOf(first.status, first.alert);
  const state = tone === 'critical' ? 'Critical' : tone === 'firing' ? 'Firing' : 'Resolved';
  const subject = first.alert.labels['function'];
  const about = `${first.alert.ruleName}${subject === undefined ? '' : `: ${subject}`}`;
  const more = total > 1 ? ` and ${total - 1} more` : '';
  return `[${state}] ${shortened(oneLine(about), MOST_SUBJECT_CHARS)}${more}`;
}

type Listed = Notification['alerts'];

function textOf(listed: Listed, more: number, links: MessageLinks): string {
  const blocks = listed.map(({ status, alert }) =>
    [
      `${markOf(status, alert)} ${shortened(oneLine(alert.summary), MOST_TEXT_CHARS)}`,
      ...factsOf(alert).map(([name, value]) => `  ${name}: ${value}`),
    ].join('\n'),
  );
  const last = [
    ...(more > 0 ? [`and ${more} more`] : []),
    ...buttonsOf(links).map(({ label, url }) => `${label}: ${url}`),
  ];
  return `${[...blocks, ...(last.length === 0 ? [] : [last.join('\n')])].join('\n\n')}\n`;
}

function htmlOf(listed: Listed, more: number, links: MessageLinks): string {
  const blocks = listed.map(({ status, alert }) => {
    const colour = COLOURS[toneOf(status, alert)];
    const facts = factsOf(alert).map(
      ([name, value]) =>
        `<tr><td style="padding:1px 12px 1px 0;color:#667085">${escapeHtml(name)}</td><td style="padding:1px 0">${escapeHtml(value)}</td></tr>`,
    );
    return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px"><tr><td style="border-left:4px solid ${colour};padding:4px 0 4px 12px"><p style="margin:0 0 6px;font-size:15px"><strong style="color:${colour}">${escapeHtml(markOf(status, alert))}</strong> ${escapeHtml(shortened(oneLine(alert.summary), MOST_TEXT_CHARS))}</p><table role="presentation" cellpadding="0" cellspacing="0" style="font-size:13px">${facts.join('')}</table></td></tr></table>`;
  });
  const buttons = buttonsOf(links).map(
    ({ label, url }) =>
      `<a href="${escapeHtml(url)}" style="display:inline-block;margin:0 8px 0 0;padding:6px 14px;border:1px solid #98a2b3;border-radius:4px;color:#101828;text-decoration:none">${escapeHtml(label)}</a>`,
  );
  const rest = more > 0 ? `<p style="margin:0 0 16px">and ${more} more</p>` : '';
  return mailPage(`${blocks.join('')}${rest}${buttons.length === 0 ? '' : `<p>${buttons.join('')}</p>`}`);
}

/** A page of mail around its content: programs for mail heed styles of elements only. */
export function mailPage(content: string, language = 'en'): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="color-scheme" content="light"></head><body style="margin:0;padding:16px;background:#ffffff;color:#101828;${FONT};font-size:14px;line-height:1.45">${content}</body></html>`;
}

/** What a reader checks first: value against threshold, since when, and which labels. */
function factsOf({ value, threshold, unit, startsAt, endsAt, severity, labels }: Listed[number]['alert']) {
  const shown = value === null ? 'no data' : quantity(value, unit);
  const named = Object.entries(labels)
    .slice(0, MOST_LABELS)
    .map(([name, text]) => `${name}=${text}`)
    .join(', ');
  const facts: readonly (readonly [string, string])[] = [
    ['Value', `${shown}, threshold ${quantity(threshold, unit)}`],
    ['Started', startsAt],
    ...(endsAt === null ? [] : [['Ended', endsAt] as const]),
    ['Severity', severity],
    ['Labels', named],
  ];
  return facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => [name, shortened(oneLine(text), MOST_TEXT_CHARS)] as const);
}

/** The text, cut to its length between characters. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

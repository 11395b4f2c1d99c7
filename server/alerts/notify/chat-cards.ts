/** Messages with buttons: blocks of Slack, the Adaptive Card of Teams, and embeds of Discord. Pure. */
import { CHAT_TEXTS, oneLine } from './chat-text.ts';
import type { AlertStatus, Tone } from './marks.ts';
import { markOf, toneOf } from './marks.ts';
import type { MessageLinks, Notification, NotifiedAlert } from './notification.ts';
import { buttonsOf, linksOf } from './notification.ts';

/**
 * Blocks beside the text, which notifications show; none without buttons. `text` is escaped for Slack. `verbatim` keeps Slack from
 * making links and mentions of what looks like them (reference of text objects). Buttons that have a `url` open it without an app
 * that answers.
 */
export function slackBlocks(text: string, links: MessageLinks): readonly object[] {
  const elements = buttonsOf(links).map(({ label, url }) => ({
    type: 'button',
    action_id: label.toLowerCase(),
    text: { type: 'plain_text', text: label, emoji: false },
    url,
  }));
  if (elements.length === 0) return [];
  return [
    { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } },
    { type: 'actions', elements },
  ];
}

export interface CardLine {
  readonly tone: Tone | 'plain';
  /** As it is written: a text run has no Markdown and no HTML. */
  readonly text: string;
}

const COLOURS = { critical: 'attention', firing: 'warning', ended: 'good', plain: 'default' } as const;
/** A message may have 28 kB (limits of Teams). */
const MAX_LINE_CHARS = 900;

/** The message that a workflow of Teams ("When a Teams webhook request is received") and the former connectors take. */
export function teamsMessage(lines: readonly CardLine[], links: MessageLinks): object {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: lines.map(({ tone, text }) => ({
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text: oneLine(text).slice(0, MAX_LINE_CHARS), color: COLOURS[tone] }],
    })),
    actions: buttonsOf(links).map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Red, orange and green of Discord's embeds, as numbers. */
const EMBED_COLOURS: Readonly<Record<Tone, number>> = { critical: 0xed4245, firing: 0xe67e22, ended: 0x57f287 };
/** Limits of a message: 10 embeds, 256 characters of a title, 6,000 in all. */
const MAX_EMBEDS = 10;
const MAX_EMBED_TITLE = 50;
/** Of all alerts together, before escapes, which at most double a text. */
const MAX_EMBED_CHARS = 2200;
const MAX_ONE_EMBED_CHARS = 1000;

/** The message that a webhook of Discord takes: an embed for each alert, without mentions. */
export function discordMessage(notification: Notification): object {
  const shown = notification.alerts.slice(0, MAX_EMBEDS);
  const most = Math.min(MAX_ONE_EMBED_CHARS, Math.floor(MAX_EMBED_CHARS / Math.max(1, shown.length)));
  const links = linksOf(notification);
  const more = notification.total - shown.length;
  const buttons = buttonsOf(links).map(({ label, url }) => `[${label}](<${url}>)`);
  const content = [...(more > 0 ? [`and ${more} more`] : []), ...buttons].join(' · ');
  return {
    ...(content === '' ? {} : { content: content.slice(0, MAX_CONTENT) }),
    embeds: shown.map((one) => embedOf(one, most, links.open)),
    allowed_mentions: { parse: [] },
  };
}

const MAX_CONTENT = 2000;

function embedOf({ status, alert }: NotifiedAlert, most: number, open: string | null): object {
  const text = CHAT_TEXTS.discord;
  return {
    title: text(oneLine(alert.ruleName).slice(0, MAX_EMBED_TITLE)),
    description: `${markOf(status, alert)} ${text(oneLine(alert.summary).slice(0, most))}`,
    color: EMBED_COLOURS[toneOf(status, alert)],
    timestamp: timeOf(status, alert),
    ...(open === null ? {} : { url: open }),
  };
}

function timeOf(status: AlertStatus, { startsAt, endsAt }: NotifiedAlert['alert']): string {
  return status === 'resolved' && endsAt !== null ? endsAt : startsAt;
}

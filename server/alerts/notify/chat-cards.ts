/** Messages with buttons: blocks of Slack, and the Adaptive Card of Teams. Pure. */
import { oneLine } from './chat-text.ts';

/** Where the buttons of a message lead. */
export interface ChatLinks {
  readonly open: string;
  /** Null where nothing fires: there is nothing to silence. */
  readonly silence: string | null;
}

/**
 * Blocks beside the text, which notifications show. `text` is escaped for Slack. `verbatim` keeps Slack from making links and
 * mentions of what looks like them (reference of text objects). Buttons that have a `url` open it without an app that answers.
 */
export function slackBlocks(text: string, { open, silence }: ChatLinks): readonly object[] {
  const button = (action_id: string, label: string, url: string): object => ({
    type: 'button',
    action_id,
    text: { type: 'plain_text', text: label, emoji: false },
    url,
  });
  const elements = [button('open', 'Open', open), ...(silence === null ? [] : [button('silence', 'Silence', silence)])];
  return [
    { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } },
    { type: 'actions', elements },
  ];
}

export interface CardLine {
  readonly tone: 'critical' | 'firing' | 'ended';
  /** As it is written: a text run has no Markdown and no HTML. */
  readonly text: string;
}

const COLOURS = { critical: 'attention', firing: 'warning', ended: 'good' } as const;
/** A message may have 28 kB (limits of Teams). */
const MAX_LINE_CHARS = 900;

/** The message that a workflow of Teams ("When a Teams webhook request is received") and the former connectors take. */
export function teamsMessage(lines: readonly CardLine[], links: ChatLinks | null): object {
  const action = (title: string, url: string): object => ({ type: 'Action.OpenUrl', title, url });
  const actions =
    links === null
      ? []
      : [action('Open', links.open), ...(links.silence === null ? [] : [action('Silence', links.silence)])];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: lines.map(({ tone, text }) => ({
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text: oneLine(text).slice(0, MAX_LINE_CHARS), color: COLOURS[tone] }],
    })),
    actions,
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

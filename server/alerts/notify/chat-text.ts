/** Text of others in chat messages: shown as it is written, without formatting, mentions, links and previews. */
import { printable } from '../../../ingest/text/printable.ts';

/** In one line, without direction marks and invisible characters. */
export function oneLine(value: string): string {
  return printable(value.replaceAll(/\p{Cc}+/gu, ' '));
}

/** How text is escaped for what shows it. */
export const CHAT_TEXTS = { plain: oneLine, slack, discord, markdown, lookalikes } as const;
export type ChatForm = keyof typeof CHAT_TEXTS;

export function isChatForm(name: string | undefined): name is ChatForm {
  return name !== undefined && Object.hasOwn(CHAT_TEXTS, name);
}

/** Hosts of chats, with their subdomains. Other receivers get plain text: they may be programs. */
const FORMS: readonly (readonly [form: ChatForm, hosts: readonly string[]])[] = [
  ['slack', ['hooks.slack.com', 'hooks.slack-gov.com', 'slack.com']],
  ['discord', ['discord.com', 'discordapp.com']],
  // Teams: connectors, and workflows of Power Automate.
  [
    'markdown',
    ['webhook.office.com', 'outlook.office.com', 'logic.azure.com', 'powerplatform.com', 'powerautomate.com'],
  ],
  ['markdown', ['zulipchat.com', 'webexapis.com', 'mattermost.com', 'rocket.chat']],
  ['lookalikes', ['chat.googleapis.com', 'api.telegram.org']],
];

/** The form of the chat at an address; `plain` if it is not known. */
export function chatFormAt(url: string | null): ChatForm {
  if (url === null || !URL.canParse(url)) return 'plain';
  const host = new URL(url).hostname.replace(/\.$/, '');
  const isAt = (name: string): boolean => host === name || host.endsWith(`.${name}`);
  return FORMS.find(([, hosts]) => hosts.some(isAt))?.[0] ?? 'plain';
}

/**
 * Escapes Slack's three control characters. Slack has no escape for formatting and products that accept its format heed
 * mentions without brackets, so these characters are replaced by others that look alike, where they would have an effect.
 */
function slack(value: string): string {
  return withLookAlikes(oneLine(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));
}

function discord(value: string): string {
  return oneLine(value).replaceAll(/([\\`*_{}[\]()#+\-.!|~>@<:])/g, '\\$1');
}

/** Markdown that may hold HTML, as in Teams: escapes work there; mentions have none, so `@` is replaced. */
function markdown(value: string): string {
  return oneLine(value)
    .replaceAll(/([\\`*_{}[\]()#+\-.!|~:$^=])/g, '\\$1')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '\uff20');
}

/** For chats without any escape: Google Chat. */
function lookalikes(value: string): string {
  return withLookAlikes(oneLine(value).replaceAll('<', '\u2039').replaceAll('>', '\u203a'));
}

function withLookAlikes(value: string): string {
  return value
    .replaceAll('@', '\uff20')
    .replaceAll('`', '\u02cb')
    .replaceAll(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])/gu, (mark) => LOOK_ALIKES[mark] ?? mark);
}

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '\u2217', _: '\uff3f', '~': '\u223c' };

import { describe, expect, test } from 'vitest';
import { bodyOf } from './bodies.ts';
import type { ChatForm } from './chat-text.ts';
import { CHAT_TEXTS, chatFormAt } from './chat-text.ts';

test.each([
  ['https://hooks.slack.com/services/T/B/x', 'slack'],
  ['https://discord.com/api/webhooks/1/x', 'discord'],
  // The root of names, which resolves alike.
  ['https://discord.com./api/webhooks/1/x', 'discord'],
  ['https://ptb.discord.com/api/webhooks/1/x', 'discord'],
  ['https://example.webhook.office.com/webhookb2/x', 'markdown'],
  ['https://prod-12.westeurope.logic.azure.com:443/workflows/x', 'markdown'],
  ['https://default1.aa.environment.api.powerplatform.com/powerautomate/x', 'markdown'],
  ['https://chat.googleapis.com/v1/spaces/x/messages', 'lookalikes'],
  ['https://hooks.slack.com.evil.example/', 'plain'],
  ['https://notdiscord.com/', 'plain'],
  ['https://pager.internal/', 'plain'],
  ['nothing', 'plain'],
  [null, 'plain'],
])('the form at %s is %s', (url, form) => expect(chatFormAt(url)).toBe(form));

/** Markup of the guides of Slack (mrkdwn), Discord, Teams (Markdown) and Google Chat (text formatting). */
const MARKUP = [
  '*bold*',
  '**bold**',
  '_italic_',
  '~~struck~~',
  '`code`',
  '# heading',
  '- item',
  '[bank](https://evil.example)',
  '![x](https://evil.example/p.png)',
  '<https://evil.example|bank>',
  '<at>everyone</at>',
  '<users/all>',
  '<b>bold</b>',
  '@everyone',
];

const alert = (summary: string) => ({
  id: 'a',
  sequence: 1,
  ruleId: 'r',
  ruleName: summary,
  severity: 'warning' as const,
  runbookUrl: null,
  labels: { alertname: summary },
  annotations: {},
  summary,
  signal: null,
  value: 1,
  threshold: 1,
  unit: '',
  n: null,
  interval: null,
  coverage: null,
  window: null,
  startsAt: '2026-11-20T10:00:00.000Z',
  endsAt: null,
  reason: null,
  evidence: [],
});

/** The text that a template sends to an address. */
function sent(summary: string, url: string | null, field = '{{summary}}'): string {
  const notification = {
    groupKey: '[]',
    receiver: 'r',
    alerts: [{ status: 'firing' as const, alert: alert(summary) }],
    total: 1,
    timestamp: '2026-11-20T10:00:00.000Z',
    publicUrl: 'https://t_h.example',
  };
  const template = `{"text":"${field}"}`;
  const { body } = bodyOf('template', notification as never, { template, routingKey: null, url });
  return (JSON.parse(body) as { text: string }).text;
}

describe('templates escape text for the chat at the address', () => {
  test.each(MARKUP)('%s', (text) => {
    const bare = (shown: string): string => shown.replaceAll(/\\./g, '');
    expect(sent(text, 'https://hooks.slack.com/services/x')).not.toMatch(/[<>`@]|(?:^|\W)[*_~]\w/);
    expect(bare(sent(text, 'https://discord.com/api/webhooks/1/x'))).not.toMatch(/[*_~`#[\]()<>@]/);
    expect(bare(sent(text, 'https://x.webhook.office.com/x'))).not.toMatch(/[*_~`#[\]()<>@]/);
    expect(sent(text, 'https://chat.googleapis.com/v1/x')).not.toMatch(/[<>`@]|(?:^|\W)[*_~]\w/);
    expect(sent(text, 'https://pager.internal/')).toBe(text);
  });

  test('a form in the template takes precedence, and addresses stay whole', () => {
    expect(sent('*x*', 'https://pager.internal/', '{{summary|markdown}}')).toBe('\\*x\\*');
    expect(sent('*x*', 'https://discord.com/x', '{{ rule.name | plain }}')).toBe('*x*');
    expect(sent('x', 'https://discord.com/x', '{{links.ui}}')).toBe('https://t_h.example/alerts');
    expect(sent('x', null, '{{summary|nothing}}')).toBe('{{summary|nothing}}');
  });

  test.each(Object.keys(CHAT_TEXTS) as ChatForm[])('%s: one line without direction marks', (form) => {
    expect(CHAT_TEXTS[form]('a\nb\u202ec')).not.toMatch(/[\n\u202e]/);
  });
});

/** Messages for people and incident services, against what the services document: limits, fields, buttons, hostile text. */
import { describe, expect, test } from 'vitest';
import type { Alert } from '../evaluate/alert.ts';
import { testAlert } from '../evaluate/alert.ts';
import { bodyOf } from './bodies.ts';
import { opsgenieRequest } from './incidents.ts';
import { mailText, storedMail } from './mail.ts';
import type { Notification } from './notification.ts';
import type { ReceiverFormat } from './receiver.ts';

const AT = '2026-11-21T12:00:00.000Z';
const HOSTILE = '"><script>alert(1)</script>\r\nBcc: a@b.example\u202e @everyone <!channel> [x](https://evil.example)';
const URL_OF_OPSGENIE = 'https://api.opsgenie.com/v2/alerts';
const firing = (change: Partial<Alert> = {}) => ({ status: 'firing' as const, alert: { ...testAlert(AT), ...change } });
const resolved = (change: Partial<Alert> = {}) => ({
  status: 'resolved' as const,
  alert: { ...testAlert(AT), endsAt: AT, ...change },
});

function made(format: ReceiverFormat, alerts: Notification['alerts'], change: Partial<Notification> = {}): unknown {
  const notification: Notification = {
    groupKey: '[["function","checkout"]]',
    receiver: 'Pager',
    alerts,
    total: alerts.length,
    timestamp: AT,
    publicUrl: 'https://t.example',
    ...change,
  };
  return JSON.parse(bodyOf(format, notification, { template: null, routingKey: 'k' }).body) as unknown;
}

const RUNBOOK = 'https://wiki.example/runbook';

describe('buttons', () => {
  const links = { runbookUrl: RUNBOOK };
  test('Slack: buttons with addresses, which need no app', () => {
    const { blocks } = made('slack', [firing(links)]) as { blocks: { type: string; elements?: object[] }[] };
    const button = (id: string, text: string, url: string) => ({
      ...{ type: 'button', action_id: id, url },
      text: { type: 'plain_text', text, emoji: false },
    });
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'actions']);
    expect(blocks[1]?.elements).toEqual([
      button('open', 'Open', 'https://t.example/alerts'),
      button('silence', 'Silence', 'https://t.example/alerts?silence=al_test'),
      button('runbook', 'Runbook', RUNBOOK),
    ]);
  });

  test('Teams: actions of an adaptive card', () => {
    const { attachments } = made('teams', [firing(links)]) as { attachments: { content: { actions: object[] } }[] };
    expect(attachments[0]?.content.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open', url: 'https://t.example/alerts' },
      { type: 'Action.OpenUrl', title: 'Silence', url: 'https://t.example/alerts?silence=al_test' },
      { type: 'Action.OpenUrl', title: 'Runbook', url: RUNBOOK },
    ]);
  });

  test('PagerDuty: links and the client, of events that trigger', () => {
    expect(made('pagerduty', [firing(links)])).toMatchObject({
      links: [
        { href: 'https://t.example/alerts', text: 'Open' },
        { href: 'https://t.example/alerts?silence=al_test', text: 'Silence' },
        { href: RUNBOOK, text: 'Runbook' },
      ],
      client: 'Thermocline',
      client_url: 'https://t.example/alerts',
    });
    expect(Object.keys(made('pagerduty', [resolved(links)]) as object).toSorted()).toEqual([
      ...['dedup_key', 'event_action', 'payload', 'routing_key'],
    ]);
  });

  test('what ended has nothing to silence; without a public address only the runbook is left', () => {
    const labels = (alerts: Notification['alerts'], publicUrl: string | null): unknown =>
      (
        made('teams', alerts, { publicUrl }) as { attachments: { content: { actions: { title: string }[] } }[] }
      ).attachments[0]?.content.actions.map(({ title }) => title);
    expect(labels([resolved()], 'https://t.example')).toEqual(['Open']);
    expect(labels([firing(links)], null)).toEqual(['Runbook']);
    expect(labels([firing({ runbookUrl: 'javascript:alert(1)' })], null)).toEqual([]);
  });
});

describe('Discord', () => {
  interface Message {
    readonly content?: string;
    readonly embeds: { title: string; description: string; color: number; url?: string }[];
    readonly allowed_mentions: unknown;
  }
  const lengthOf = (embed: object): number =>
    Object.entries(embed)
      .filter(([name]) => name === 'title' || name === 'description')
      .reduce((sum, [, text]) => sum + String(text).length, 0);

  test('an embed for each alert, with its colour, and no mentions', () => {
    const message = made('discord', [firing({ severity: 'critical' }), firing(), resolved()]) as Message;
    expect(message.embeds.map(({ color }) => color)).toEqual([0xed4245, 0xe67e22, 0x57f287]);
    expect(message.allowed_mentions).toEqual({ parse: [] });
    expect(message.embeds[0]).toMatchObject({ title: 'Test', url: 'https://t.example/alerts', timestamp: AT });
  });

  test.each([1, 3, 10, 40])('%i alerts with the longest texts stay within 10 embeds and 6,000 characters', (n) => {
    const long = { ruleName: '*'.repeat(5000), summary: '_'.repeat(50_000) };
    const message = made(
      'discord',
      Array.from({ length: n }, () => firing(long)),
      { total: n + 5 },
    ) as Message;
    expect(message.embeds.length).toBeLessThanOrEqual(10);
    expect(message.embeds.reduce((sum, embed) => sum + lengthOf(embed), 0)).toBeLessThanOrEqual(6000);
    expect(message.embeds.every(({ title, description }) => title.length <= 256 && description.length <= 4096)).toBe(
      true,
    );
    expect(message.content).toContain(`and ${n + 5 - Math.min(n, 10)} more`);
  });
});

describe('Opsgenie', () => {
  test('an alert is created with the fields of its reference', () => {
    expect(made('opsgenie', [firing({ severity: 'critical', runbookUrl: RUNBOOK })])).toEqual({
      message: testAlert(AT).summary.slice(0, 130),
      alias: expect.stringMatching(/^thermocline-[0-9a-f]{16}$/) as unknown,
      description: `firing: ${testAlert(AT).summary}`,
      details: {
        ...{ alertname: 'Test', severity: 'info', function: 'checkout' },
        ...{ open: 'https://t.example/alerts', silence: 'https://t.example/alerts?silence=al_test', runbook: RUNBOOK },
      },
      source: 'thermocline',
      priority: 'P1',
      tags: ['thermocline', 'critical'],
    });
  });

  test('it is closed by the alias with which it was created', () => {
    const [opened, closed] = [made('opsgenie', [firing()]), made('opsgenie', [resolved()])] as { alias: string }[];
    const { alias } = opened as { alias: string };
    const creating = opsgenieRequest(URL_OF_OPSGENIE, { ...opened, alias });
    expect([creating.url, JSON.parse(creating.body)]).toEqual([URL_OF_OPSGENIE, opened]);
    const { url, body } = opsgenieRequest(`${URL_OF_OPSGENIE}/`, closed as { alias: string });
    expect(url).toBe(`${URL_OF_OPSGENIE}/${alias}/close?identifierType=alias`);
    expect(JSON.parse(body)).toEqual({ source: 'thermocline', note: testAlert(AT).summary });
  });

  test('groups and receivers have alerts of their own', () => {
    const aliasOf = (change: Partial<Notification>) =>
      (made('opsgenie', [firing()], change) as { alias: string }).alias;
    const aliases = [aliasOf({}), aliasOf({ receiver: 'Other' }), aliasOf({ groupKey: '[["function","search"]]' })];
    expect(new Set(aliases).size).toBe(3);
  });

  test('the longest texts stay within its limits', () => {
    const long = { summary: 'x'.repeat(50_000), labels: { function: 'y'.repeat(50_000) }, severity: 'z'.repeat(500) };
    const body = made(
      'opsgenie',
      Array.from({ length: 30 }, () => firing(long)),
    ) as {
      message: string;
      description: string;
      details: Record<string, string>;
      tags: string[];
    };
    expect(body.message).toHaveLength(130);
    expect(body.message).toMatch(/ and 29 more$/);
    expect(body.description.length).toBeLessThanOrEqual(15_000);
    expect(body.details['function']).toHaveLength(8000);
    expect(body.tags.every((tag) => tag.length <= 50)).toBe(true);
  });
});

describe('e-mail', () => {
  const mailOf = (alerts: Notification['alerts'], change: Partial<Notification> = {}) =>
    storedMail.parse(made('email', alerts, change));

  test('subject, text and buttons', () => {
    const { subject, text, html, threads } = mailOf([firing({ severity: 'critical', runbookUrl: RUNBOOK })]);
    expect(subject).toBe('[Critical] Test: checkout');
    expect(text).toBe(`🔴 critical ${testAlert(AT).summary}
  Value: 7.1 %, threshold 3 %
  Started: ${AT}
  Severity: critical
  Labels: alertname=Test, severity=info, function=checkout

Open: https://t.example/alerts
Silence: https://t.example/alerts?silence=al_test
Runbook: ${RUNBOOK}
`);
    expect(html).toContain('<a href="https://t.example/alerts?silence=al_test"');
    expect(threads).toEqual(['al_test']);
  });

  test('firing and resolved are one conversation, also in a group that grew', () => {
    const first = mailOf([firing({ id: 'al_1' })]);
    const grown = mailOf([firing({ id: 'al_1' }), firing({ id: 'al_2' })]);
    const end = mailOf([resolved({ id: 'al_1' }), resolved({ id: 'al_2' })]);
    expect([first.threads, grown.threads, end.threads]).toEqual([['al_1'], ['al_1', 'al_2'], ['al_1', 'al_2']]);
    expect([grown.subject, end.subject]).toEqual([
      '[Firing] Test: checkout and 1 more',
      '[Resolved] Test: checkout and 1 more',
    ]);
  });

  test('hostile text has no markup, no line breaks in the subject, and no bidirectional marks', () => {
    const { subject, text, html } = mailOf([
      firing({ summary: HOSTILE, ruleName: HOSTILE, severity: HOSTILE, labels: { function: HOSTILE, [HOSTILE]: 'x' } }),
    ]);
    expect(`${subject}${html}`).not.toMatch(/[\r\n\u202e]/);
    expect(text).not.toMatch(/[\r\u202e]/);
    expect(html).not.toMatch(/<script|<!channel/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(subject.length).toBeLessThanOrEqual(230);
  });

  test('a very long text is cut between characters, and 20 of many alerts are listed', () => {
    const long = { summary: '😀'.repeat(5000), ruleName: '😀'.repeat(5000), labels: { function: '😀'.repeat(5000) } };
    const mail = mailOf(
      Array.from({ length: 100 }, () => firing(long)),
      { total: 10_000 },
    );
    expect(mail.subject).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
    expect(mail.text).toContain('and 9980 more');
    expect(Buffer.byteLength(JSON.stringify(mail))).toBeLessThan(500_000);
  });

  test('readers of what was sent see the subject and the text', () => {
    expect(mailText(JSON.stringify(mailOf([resolved()])))).toMatch(
      /^Subject: \[Resolved\] Test: checkout\n\n✅ resolved /,
    );
  });
});

/** Bodies of notifications: golden files, hostile text, size limits. */
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../http/contract/receivers.ts';
import type { Alert } from '../evaluate/alert.ts';
import { testAlert } from '../evaluate/alert.ts';
import { bodyOf } from './bodies.ts';
import type { Notification } from './notification.ts';

describe('bodies', () => {
  const at = '2026-11-21T12:00:00.000Z';
  const hostile = '"><script>alert(1)</script>\r\n@everyone <!channel> {{labels.x}} \u0007 `$(id)`';
  const alert: Alert = { ...testAlert(at), summary: hostile, labels: { alertname: 'A', function: hostile } };
  const notice = (alerts: Notification['alerts'], total = alerts.length): Notification => ({
    groupKey: '[["alertname","A"]]',
    receiver: 'Pager',
    alerts,
    total,
    timestamp: at,
    publicUrl: 'https://t.example',
  });
  const firing = (n: number): Notification['alerts'] =>
    Array.from({ length: n }, () => ({ status: 'firing' as const, alert }));

  test.each(FORMATS)(
    '%s is valid JSON with hostile text, and bounded with 10,000 alerts',
    (format: (typeof FORMATS)[number]) => {
      const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
      for (const [included, total] of [
        [firing(1), 1],
        [firing(100), 10_000],
      ] as const) {
        const { body } = bodyOf(format, notice(included, total), { template, routingKey: 'k' });
        expect(() => JSON.parse(body) as unknown).not.toThrow();
        expect(Buffer.byteLength(body)).toBeLessThan(1_048_576);
        if (format === 'native') expect(Buffer.byteLength(body)).toBeLessThan(20_000);
      }
    },
  );

  test.each(FORMATS.flatMap((format) => (['firing', 'resolved'] as const).map((status) => [format, status] as const)))(
    '%s, %s: golden file',
    async (format, status) => {
      const included: Notification['alerts'] = [
        { status, alert: status === 'firing' ? alert : { ...alert, endsAt: at } },
      ];
      const template = '{"text":"{{summary}} {{rule.name}} {{nothing}}","value":"{{value}}","l":"{{labels.function}}"}';
      const { type, body } = bodyOf(format, notice(included), { template, routingKey: 'k' });
      const golden = JSON.stringify({ type, body: JSON.parse(body) as unknown }, null, 2);
      await expect(`${golden}\n`).toMatchFileSnapshot(`../../../test/fixtures/bodies/${format}-${status}.json`);
    },
  );

  test('groups whose keys differ after 255 characters have incidents of their own in PagerDuty', () => {
    const keyOf = (name: string): string => {
      const groupKey = JSON.stringify([['function', name]]);
      const { body } = bodyOf('pagerduty', { ...notice(firing(1)), groupKey }, { template: null, routingKey: 'k' });
      return (JSON.parse(body) as { dedup_key: string }).dedup_key;
    };
    const [one, other] = [keyOf(`${'f'.repeat(300)}1`), keyOf(`${'f'.repeat(300)}2`)];
    expect([one.length, other.length]).toEqual([255, 255]);
    expect(one).not.toBe(other);
    expect(keyOf(`${'f'.repeat(300)}1`)).toBe(one);
    // `Pager/[["function","` and `"]]` are 23 characters.
    const whole = 'f'.repeat(255 - 23);
    expect(keyOf(whole)).toBe(`Pager/[["function","${whole}"]]`);
  });

  test('templates replace fields, but no placeholders in their values', () => {
    const template = '{"text":"{{summary}}","n":{{n}},"rule":"{{rule.name}}","none":{{__proto__.x}}}';
    const { body } = bodyOf('template', notice(firing(1)), { template, routingKey: null });
    // In one line: \r\n is one space, as is the bell.
    const text = '"><script>alert(1)</script> @everyone <!channel> {{labels.x}}   `$(id)`';
    expect(JSON.parse(body)).toEqual({ text, n: 2310, rule: 'Test', none: null });
  });

  test.each([
    ['change', 'firing', 'change.verdict'],
    ['ingestSilence', 'firing', 'ingest.gap'],
    ['newErrors', 'firing', 'error.new'],
    ['newErrors', 'resolved', 'alert.resolved'],
    ['regressedErrors', 'firing', 'error.regressed'],
    ['change', 'resolved', 'alert.resolved'],
    ['metric', 'firing', 'alert.firing'],
  ] as const)('a %s that is %s is of type %s', (signal, status, type) => {
    const made = bodyOf('native', notice([{ status, alert: { ...alert, signal } }]), {
      template: null,
      routingKey: null,
    });
    expect([made.type, (JSON.parse(made.body) as { type: string }).type]).toEqual([type, type]);
  });

  test('alerts that are left out are counted', () => {
    const { body } = bodyOf('native', notice(firing(100), 10_000), { template: null, routingKey: null });
    const { data } = JSON.parse(body) as { data: { others: unknown[]; truncated: number } };
    expect(1 + data.others.length + data.truncated).toBe(10_000);
  });

  test('Alertmanager version 4: exactly its keys', () => {
    const included = [...firing(1), { status: 'resolved' as const, alert: { ...alert, endsAt: at } }];
    const { body } = bodyOf('alertmanager', notice(included), { template: null, routingKey: null });
    const parsed = JSON.parse(body) as { alerts: object[] };
    expect(Object.keys(parsed).toSorted()).toEqual([
      'alerts',
      'commonAnnotations',
      'commonLabels',
      'externalURL',
      'groupKey',
      'groupLabels',
      'receiver',
      'status',
      'truncatedAlerts',
      'version',
    ]);
    expect(Object.keys(parsed.alerts[0] ?? {}).toSorted()).toEqual([
      'annotations',
      'endsAt',
      'fingerprint',
      'generatorURL',
      'labels',
      'startsAt',
      'status',
    ]);
    expect(parsed).toMatchObject({
      version: '4',
      status: 'firing',
      receiver: 'Pager',
      groupLabels: { alertname: 'A' },
    });
  });

  test('Alertmanager: common are the labels and annotations that all alerts have alike', () => {
    const one = {
      ...alert,
      labels: { alertname: 'A', function: 'f', team: 'x' },
      annotations: { runbook: 'r', a: '1' },
    };
    const other = { ...alert, labels: { alertname: 'A', function: 'g', team: 'x' }, annotations: { runbook: 'r' } };
    const commonOf = (...alerts: readonly Alert[]) => {
      const included = alerts.map((each) => ({ status: 'firing' as const, alert: each }));
      const { commonLabels, commonAnnotations } = JSON.parse(
        bodyOf('alertmanager', notice(included), { template: null, routingKey: null }).body,
      ) as { commonLabels: object; commonAnnotations: object };
      return [commonLabels, commonAnnotations];
    };
    expect(commonOf(one, other)).toEqual([{ alertname: 'A', team: 'x' }, { runbook: 'r' }]);
    expect(commonOf(one)).toEqual([one.labels, one.annotations]);
    expect(commonOf()).toEqual([{}, {}]);
  });

  test('chat messages contain no mentions, control characters or foreign markup', () => {
    const slack = JSON.parse(bodyOf('slack', notice(firing(1)), { template: null, routingKey: null }).body) as {
      text: string;
    };
    expect(slack.text).not.toMatch(/[<>\r\u0007]/);
    const discord = JSON.parse(bodyOf('discord', notice(firing(1)), { template: null, routingKey: null }).body) as {
      embeds: { description: string }[];
      allowed_mentions: unknown;
    };
    expect(discord.allowed_mentions).toEqual({ parse: [] });
    expect(discord.embeds[0]?.description).toContain('\\@everyone');
  });

  const shown = (format: (typeof FORMATS)[number], summary: string): string => {
    const template = '{"text":"{{summary}} {{labels.function}}"}';
    const one = { ...alert, summary, labels: { alertname: 'A', function: summary } };
    return bodyOf(format, notice([{ status: 'firing', alert: one }]), { template, routingKey: 'k' }).body;
  };

  test.each(FORMATS)('%s: no raw direction marks, invisible or control characters', (format) => {
    const marks = [
      '\u202e',
      '\u2066',
      '\u200f',
      '\u061c',
      '\u200b',
      '\ufeff',
      '\u2028',
      '\u0085',
      '\u001b[31m',
      '\u{e0041}',
    ];
    for (const mark of marks) {
      const body = shown(format, `invoice${mark}exe.pdf`);
      expect(body).toMatch(/^[^\p{Cc}\p{Cf}\u2028\u2029]+$/u);
      // What people read has none as a value either; what programs read is unchanged.
      const isForPeople = format !== 'native' && format !== 'alertmanager';
      expect(JSON.stringify(JSON.parse(body)).includes(JSON.stringify(mark).slice(1, -1))).toBe(!isForPeople);
    }
  });

  test.each([
    '*bold*',
    '_italic_',
    '~struck~',
    '`code`',
    '```block```',
    '@here',
    '@everyone',
    '<@U123>',
    '<!channel>',
    '<https://evil.example|bank.example>',
  ])('Slack shows %s as it is written, and notifies nobody', (text) => {
    const { text: found, blocks, ...more } = JSON.parse(shown('slack', text)) as { text: string; blocks: unknown };
    expect(more).toEqual({ mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false });
    const button = (action_id: string, label: string, url: string) => ({
      type: 'button',
      action_id,
      text: { type: 'plain_text', text: label, emoji: false },
      url,
    });
    expect(blocks).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: found, verbatim: true } },
      {
        type: 'actions',
        elements: [
          button('open', 'Open', 'https://t.example/alerts'),
          button('silence', 'Silence', 'https://t.example/alerts?silence=al_test'),
        ],
      },
    ]);
    expect(found).not.toMatch(/[@<>`]|(?:^|\W)[*_~]\w|\w[*_~](?:$|\W)/);
  });

  test.each(['slack', 'teams'] as const)('%s: no buttons without an address of the product', (format) => {
    const local = { ...notice(firing(1)), publicUrl: null };
    const { body } = bodyOf(format, local, { template: null, routingKey: null });
    expect(body).not.toMatch(/"url"|"blocks"/);
  });

  test.each(['slack', 'teams'] as const)('%s: what ended has nothing to silence', (format) => {
    const { body } = bodyOf(format, notice([{ status: 'resolved', alert }]), { template: null, routingKey: null });
    expect(body).toContain('https://t.example/alerts"');
    expect(body).not.toContain('silence');
  });

  test('Teams shows runs of text, which have no Markdown, in the colour of the state', () => {
    const ended = { ...alert, summary: 'over', reason: null };
    const notification = notice(
      [
        { status: 'firing', alert: { ...alert, severity: 'critical', summary: '**a**\n[b](https://evil.example)' } },
        { status: 'resolved', alert: ended },
      ],
      3,
    );
    const { type, body } = bodyOf('teams', notification, { template: null, routingKey: null });
    expect(type).toBe('alert.firing');
    const run = (text: string, color: string) => ({
      type: 'RichTextBlock',
      inlines: [{ type: 'TextRun', text, color }],
    });
    expect(JSON.parse(body)).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            body: [
              run('🔴 critical **a** [b](https://evil.example)', 'attention'),
              run('✅ resolved over', 'good'),
              run('and 1 more', 'warning'),
            ],
            actions: [
              { type: 'Action.OpenUrl', title: 'Open', url: 'https://t.example/alerts' },
              { type: 'Action.OpenUrl', title: 'Silence', url: 'https://t.example/alerts?silence=al_test' },
            ],
          },
        },
      ],
    });
  });

  test('a message to Teams stays below its 28 kB', () => {
    const long = { ...alert, summary: 'x'.repeat(5000) };
    const alerts = Array.from({ length: 100 }, () => ({ status: 'firing' as const, alert: long }));
    const { body } = bodyOf('teams', notice(alerts), { template: null, routingKey: null });
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
  });

  test('Slack text keeps names whole', () => {
    const { text } = JSON.parse(shown('slack', 'my_function_name-2 has 3*4 errors ~5')) as { text: string };
    expect(text).toContain('my_function_name-2 has 3*4 errors');
  });

  test.each([
    '**bold**',
    '__under__',
    '||spoiler||',
    '# heading',
    '[bank](https://evil.example)',
    '<@123>',
    '@everyone',
    '<:e:1>',
    '~~x~~',
    '> quote',
  ])('Discord shows %s as it is written', (text) => {
    const { embeds, ...more } = JSON.parse(shown('discord', text)) as { embeds: { description: string }[] };
    expect(more).toEqual({
      content: '[Open](<https://t.example/alerts>) · [Silence](<https://t.example/alerts?silence=al_test>)',
      allowed_mentions: { parse: [] },
    });
    const [{ description }] = embeds as [{ description: string }];
    expect(description.replaceAll(/\\./g, '')).not.toMatch(/[*_|#[\]()<>@~]/);
  });

  test.each([
    ['info', 'info'],
    ['warning', 'warning'],
    ['critical', 'critical'],
    ['page', 'warning'],
  ])('PagerDuty has a severity for %s, which it knows', (severity, expected) => {
    const one = { ...alert, severity };
    const { body } = bodyOf('pagerduty', notice([{ status: 'firing', alert: one }]), {
      template: null,
      routingKey: 'k',
    });
    expect((JSON.parse(body) as { payload: { severity: string } }).payload.severity).toBe(expected);
  });

  test('a native body without alerts has no data', () => {
    const { body } = bodyOf('native', notice([], 0), { template: null, routingKey: null });
    expect(JSON.parse(body)).toEqual({ type: 'alert.resolved', timestamp: at, data: null });
  });

  test('PagerDuty without a key, and a group without alerts', () => {
    const { body } = bodyOf('pagerduty', notice([], 0), { template: null, routingKey: null });
    expect(JSON.parse(body)).toMatchObject({
      routing_key: '',
      event_action: 'resolve',
      payload: { summary: '', severity: 'warning', custom_details: { alerts: [] } },
    });
  });

  test('a chat message lists twenty alerts in lines, and counts the others', () => {
    const text = (n: number, total: number) =>
      (
        JSON.parse(bodyOf('slack', notice(firing(n), total), { template: null, routingKey: null }).body) as {
          text: string;
        }
      ).text.split('\n');
    expect([text(25, 30).length, text(25, 30).at(-1)]).toEqual([21, 'and 10 more']);
    expect([text(20, 20).length, text(20, 20).at(-1)]).toEqual([20, text(20, 20)[0]]);
  });

  test('the text of Slack is cut to 2,900 of the 3,000 characters of a section', () => {
    const long = { ...alert, summary: 'x'.repeat(5000) };
    const { body } = bodyOf('slack', notice([{ status: 'firing', alert: long }]), { template: null, routingKey: null });
    expect((JSON.parse(body) as { text: string }).text).toHaveLength(2900);
  });

  test('PagerDuty triggers and resolves with the same key', () => {
    const key = (status: 'firing' | 'resolved') =>
      JSON.parse(bodyOf('pagerduty', notice([{ status, alert }]), { template: null, routingKey: 'k' }).body) as Record<
        string,
        string
      >;
    expect(key('firing')).toMatchObject({ event_action: 'trigger', routing_key: 'k' });
    expect(key('resolved')).toMatchObject({ event_action: 'resolve', dedup_key: key('firing')['dedup_key'] });
  });
});

/** Rules and silences of the Alerts page, worked out by hand from fixed answers. */
import { h } from 'preact';
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers, Failures } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Alerts } from './alerts.tsx';

afterEach(restore);

const show = (tab: string, answers: Answers = {}, failures: Failures = {}) =>
  showPage(h(Alerts, {}), { path: '/alerts', search: `?from=now-7d&to=now-1d&tab=${tab}`, answers, failures });
/** A rule as JSON. */
const showText = (id: string, answers: Answers, failures: Failures = {}) =>
  show(`rules&edit=${id}&as=json`, answers, failures);

describe('rules', () => {
  type Rule = NonNullable<Answers['listAlertRules']>['items'][number];
  const [example] = examples.listAlertRules.answer.items as Rule[];
  if (example === undefined) throw new Error('no example');
  const rule = (changed: Partial<Rule>): Rule => ({ ...example, ...changed });
  const errors = rule({
    id: 'checkout-errors',
    name: 'Checkout fails',
    severity: 'critical',
    signal: { kind: 'metric', metric: 'errorRate', aggregation: 'value', filters: [] },
    comparison: '>=',
    threshold: 0.0714,
    bound: 'certain',
    window: '15m',
    for: '10m',
    functions: ['prod-*', 'checkout'],
    receivers: ['team-pager'],
    minSamples: 100,
    state: 'firing',
    firing: 12_345,
    skipped: 1,
    late: 12_345,
    evaluatedUntil: '2026-11-27T07:56:00.000Z',
    revision: 'read',
  });
  const list = (...items: Rule[]): Answers => ({ listAlertRules: { items, nextCursor: null } });

  test.each([
    ['firing', 'badge bad'],
    ['pending', 'badge warm'],
    ['error', 'badge bad'],
    ['inactive', 'badge good'],
    ['disabled', 'badge '],
  ] as const)('the state %s has its colour', async (state, look) => {
    const { elements } = await show('rules', list(rule({ state })));
    const shown = state === 'inactive' ? 'OK' : state;
    expect(elements('span').find(({ text }) => text === shown)?.attributes['class']).toBe(look);
  });

  test('each has its state, condition, error and warning', async () => {
    const { table, section } = await show(
      'rules',
      list(
        errors,
        rule({
          id: 'memory',
          name: 'Memory',
          severity: 'warning',
          signal: { kind: 'memoryUse' },
          threshold: 0.95,
          state: 'error',
          error: 'The query timed out',
          warning: 'Lines arrive after 2 min',
        }),
        rule({
          id: 'odd',
          name: 'Odd durations',
          signal: { kind: 'anomaly', metric: 'durationMs', aggregation: 'p95', filters: [], weeks: 4 },
          threshold: 3,
          state: 'disabled',
          enabled: false,
        }),
      ),
    );
    expect(section('3 rules')).toContain('Checkout fails');
    expect(table('Rules').map((row) => row.slice(0, -1))).toEqual([
      ['Rule', 'State', 'Functions', 'Notifies', 'Firing'],
      [
        'Checkout fails Error rate at least 7.14 % with 95 % confidence over 15 min, for 10 min · critical',
        'firing',
        'prod-*, checkout',
        'team-pager',
        '12.3 k',
      ],
      [
        'Memory Memory used of the memory size above 95 % over 5 min · warning',
        'error The query timed out Lines arrive after 2 min',
        'all',
        'by routes',
        '0',
      ],
      [
        'Odd durations Deviation from usual of: Duration, p95 above 3 over 5 min · critical',
        'disabled',
        'all',
        'by routes',
        '0',
      ],
    ]);
  });

  test('a rule is edited without its state, and saved', async () => {
    const page = await showText('checkout-errors', list(errors));
    expect(page.section('Checkout fails')).toContain(
      'Evaluated up to 2026-11-27 07:56:00; 1 evaluation skipped, 12,345 windows changed by late data.',
    );
    const [field] = page.elements('textarea');
    const { state, firing, pending, evaluatedUntil, error, skipped, late, warning, revision, managed, ...document } =
      errors;
    expect(JSON.parse(field?.attributes['value'] ?? '')).toEqual(document);
    await page.fill('rule-text', JSON.stringify({ ...document, threshold: 0.1 }));
    await page.click('Save');
    expect(page.sent).toEqual([
      ['PUT /api/v1/alerts/rules/checkout-errors', { ...document, threshold: 0.1, revision: 'read' }],
    ]);
    expect(page.section('Checkout fails')).toContain('Rule saved.');
    expect(page.requested.filter((address) => address === '/api/v1/alerts/rules')).toHaveLength(2);
    await page.click('Disable');
    expect(page.sent.at(-1)).toEqual([
      'PUT /api/v1/alerts/rules/checkout-errors',
      { ...document, enabled: false, revision: 'read' },
    ]);
    expect(page.section('Checkout fails')).toContain('Rule disabled.');
    expect(page.link('Edit in the form')).toBe('/alerts?from=now-7d&to=now-1d&tab=rules&edit=checkout-errors');
  });

  test('a disabled rule is enabled', async () => {
    const page = await showText('checkout-errors', list(rule({ ...errors, enabled: false, evaluatedUntil: null })));
    expect(page.text).toContain('Evaluated up to –;');
    await page.click('Enable');
    expect(page.sent.at(-1)?.[1]).toMatchObject({ enabled: true });
    expect(page.text).toContain('Rule enabled.');
  });

  test('a dry run says how often it would have fired, when and why', async () => {
    const page = await showText('checkout-errors', {
      ...list(errors),
      dryRunAlertRule: {
        ...examples.dryRunAlertRule.answer,
        evaluations: 12_345,
        fired: [
          { labels: {}, from: '2026-11-21T08:00:00.000Z', to: '2026-11-21T09:30:00.000Z', summary: 'checkout: 7.1 %' },
          { labels: {}, from: '2026-11-27T08:00:00.000Z', to: null, summary: 'search: 9 %' },
        ],
      },
    });
    await page.click('Dry-run over 7 days');
    expect(page.sent.at(-1)).toMatchObject([
      'POST /api/v1/alerts/rules/checkout-errors/dry-run',
      { days: 7, rule: { id: 'checkout-errors', threshold: 0.0714 } },
    ]);
    expect(page.text).toContain('Would have fired 2 times in 7 days (12.3 k evaluations).');
    expect(page.table('Dry-run alerts')).toEqual([
      ['From', 'To', 'Summary'],
      ['2026-11-21 08:00:00', '2026-11-21 09:30:00', 'checkout: 7.1 %'],
      ['2026-11-27 08:00:00', 'not resolved', 'search: 9 %'],
    ]);
  });

  test('a refused rule names its field, and text that is no JSON is not sent', async () => {
    const page = await showText('checkout-errors', list(errors), {
      saveAlertRule: { code: 'invalid-request', errors: [{ field: 'window', message: 'expected 1m to 31d' }] },
    });
    await page.click('Save');
    expect(page.text).toContain('The request is not valid — window: expected 1m to 31d');
    const before = page.sent.length;
    await page.fill('rule-text', 'no JSON');
    await page.click('Save');
    expect(page.sent).toHaveLength(before);
    expect(page.text).toContain('not valid JSON');
  });

  test('a rule that was changed by others keeps the edits, says so, and shows the stored rule on request', async () => {
    const [first, changed] = [errors, rule({ ...errors, threshold: 0.5, revision: 'changed' })];
    const answers = { ...list(first) };
    const detail = 'Rule checkout-errors was changed after it was read.';
    const page = await showText('checkout-errors', answers, { saveAlertRule: { code: 'conflict', detail } });
    await page.fill('rule-text', '{"threshold":0.2}');
    expect(page.text).not.toContain('This rule was changed after you opened it.');
    Object.assign(answers, list(changed));
    await page.click('Save');
    expect(page.sent).toEqual([['PUT /api/v1/alerts/rules/checkout-errors', { threshold: 0.2, revision: 'read' }]]);
    expect(page.text).toContain(detail);
    expect(page.text).toContain('This rule was changed after you opened it.');
    // The edits are still there, and still those of the rule that was read.
    await page.click('Save');
    expect(page.sent.at(-1)?.[1]).toEqual({ threshold: 0.2, revision: 'read' });
    await page.click('Discard edits and show the stored rule');
    expect(page.text).not.toContain('This rule was changed after you opened it.');
    await page.click('Save');
    expect(page.sent.at(-1)?.[1]).toMatchObject({ threshold: 0.5, revision: 'changed' });
  });

  test('what was saved here is no change by others, and is what is saved next', async () => {
    const saved = rule({ ...errors, threshold: 0.1, revision: 'saved' });
    const page = await showText('checkout-errors', { ...list(errors), saveAlertRule: saved });
    await page.click('Disable');
    expect(page.text).not.toContain('This rule was changed after you opened it.');
    expect(JSON.parse(page.elements('textarea')[0]?.attributes['value'] ?? '')).toMatchObject({ threshold: 0.1 });
    await page.fill('rule-text', '{"threshold":0.3}');
    await page.click('Disable');
    await page.click('Save');
    expect(page.sent.at(-1)?.[1]).toEqual({ threshold: 0.3, revision: 'saved' });
  });

  test('a failure', async () => {
    const { text } = await show('rules', {}, { listAlertRules: { code: 'forbidden' } });
    expect(text).toContain('Failed to load rules. The token does not have the required scope. Retry');
  });
});

describe('silences', () => {
  type Silence = NonNullable<Answers['listSilences']>['items'][number];
  const [example] = examples.listSilences.answer.items as Silence[];
  if (example === undefined) throw new Error('no example');
  const matcher = { name: 'function', value: 'check.*', isRegex: true, isEqual: true };
  const items: Silence[] = [
    {
      ...example,
      id: 'si_1',
      matchers: [matcher, { name: 'region', value: 'eu-west-1', isRegex: false, isEqual: false }],
      endsAt: '2026-12-24T06:00:00.000Z',
      state: 'active',
    },
    { ...example, id: 'si_2', endsAt: '2026-11-27T06:00:00.000Z', state: 'expired', createdBy: 'ben' },
    {
      ...example,
      id: 'si_3',
      matchers: [{ ...matcher, isEqual: false }],
      endsAt: '2026-12-25T06:00:00.000Z',
      state: 'pending',
    },
  ];
  const answers: Answers = { listSilences: { items, nextCursor: null } };

  test('each has its matchers, state, end, comment and author; a past one cannot be changed', async () => {
    const { table } = await show('silences', answers);
    expect(table('Silences')).toEqual([
      ['Matchers', 'State', 'Ends', 'Comment', ''],
      [
        'function=~check.*, region!=eu-west-1',
        'active',
        '2026-12-24 06:00:00',
        'Planned migration ana',
        'Edit End silence',
      ],
      ['function=webhook-fanout', 'expired', '2026-11-27 06:00:00', 'Planned migration ben', ''],
      ['function!~check.*', 'pending', '2026-12-25 06:00:00', 'Planned migration ana', 'Edit End silence'],
    ]);
  });

  test('one is ended', async () => {
    const page = await show('silences', answers);
    await page.click('End silence');
    expect(page.sent).toEqual([['DELETE /api/v1/alerts/silences/si_1', undefined]]);
    expect(page.section('Silences')).toContain('Silence ended.');
    expect(page.requested.filter((address) => address === '/api/v1/alerts/silences')).toHaveLength(2);
  });

  test('a new one ends after its hours, and says what it silences', async () => {
    const page = await show('silences', answers);
    await page.fill('where', 'severity');
    await page.fill('is', 'warning');
    await page.fill('for', '36');
    await page.fill('comment', 'Migration');
    await page.submit('Create silence');
    // Shown at 08:00:00; filling in the form takes a few seconds.
    const endsAt = expect.stringMatching(/^2026-11-29T20:00:0/);
    const matchers = [{ name: 'severity', value: 'warning' }];
    expect(page.sent).toEqual([['POST /api/v1/alerts/silences', { matchers, endsAt, comment: 'Migration' }]]);
    expect(page.section('New silence')).toContain('Alerts with severity = warning silenced for 36 h.');
  });

  test('two hours for a function unless chosen otherwise; a refusal is shown', async () => {
    const page = await show('silences', answers, {
      createSilence: { code: 'invalid-request', errors: [{ field: 'matchers.0.value', message: 'expected text' }] },
    });
    await page.submit('Create silence');
    const endsAt = expect.stringMatching(/^2026-11-28T10:00:0/);
    expect(page.sent[0]?.[1]).toEqual({ matchers: [{ name: 'function', value: '' }], endsAt, comment: '' });
    expect(page.section('New silence')).toContain('The request is not valid — matchers.0.value: expected text');
  });

  test('none, and a failure', async () => {
    const { section } = await show('silences', { listSilences: { items: [], nextCursor: null } });
    expect(section('Silences')).toBe('Silences No silences.');
    restore();
    const failed = await show('silences', {}, { listSilences: { code: 'unavailable' } });
    expect(failed.text).toContain('Failed to load silences. The store is temporarily unavailable. Retry');
  });
});

/** The file of a report: its figures worked out by hand, what is not known, and text that tries to break it. */
import { expect, test } from 'vitest';
import { HOSTILE_NAME, reportContent } from '../../../test/support/report-content.ts';
import { untranslated } from '../../../test/support/untranslated.ts';
import { periodOf } from '../../http/contract/periods.ts';
import { titleOf } from './facts.ts';
import { reportHtml } from './html.ts';
import { reportBody } from './messages.ts';
import { ENGLISH, reportCatalogue, textsOf } from './texts/texts.ts';

const AT = '2026-11-23T07:00:00.000Z';
const html = (content: ReturnType<typeof reportContent>, note: string | null = null): string =>
  reportHtml({ content, name: 'Costs', madeAt: AT, note, texts: ENGLISH });

test('it runs nothing, asks no other server and shows hostile text as it is written', async () => {
  const text = html(reportContent(500), '<b>late</b>');
  expect(text).not.toMatch(/<script|<img|<link|<iframe|src=|url\(|@import|javascript:|\u202e/);
  expect(text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffdgnp.exe');
  expect(text).toContain('&lt;b&gt;late&lt;/b&gt;');
  expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(text.match(/<tr>/g)).toHaveLength(501);
  expect(Buffer.byteLength(text)).toBeLessThan(600_000);
});

test('figures are compared with the period before, and what is not known says why', async () => {
  const content = reportContent(3, {
    ...{ invocations: 500, costUsd: null, costReason: 'no REPORT line has a memory size' },
    ...{ coverageReason: 'no START lines', findings: [] },
  });
  const text = html(content);
  expect(text).toContain('<span>Invocations</span><b>500</b><span>-50 % against the period before</span>');
  expect(text).toContain('<span>Cost</span><b>–</b><span></span>');
  expect(text).toContain('<li>Cost: no REPORT line has a memory size</li><li>');
  expect(text).toContain('Coverage: no START lines');
  expect(text).toContain('<h2>Findings</h2>\n<p class="soft">None.</p>');
  expect(text).toContain('Week 47, 2026-11-16 to 2026-11-22, in Europe/Berlin, against Week 46');
});

test('a period before with data of some of its days is not compared with', () => {
  const content = reportContent(3, { invocations: 500, findings: [], dataFrom: '2026-11-12T10:00:00.000Z' });
  const range = { from: '2026-11-08T23:00:00.000Z', to: '2026-11-15T23:00:00.000Z', bucketMs: 10_800_000 };
  const before = { ...content.overview, range };
  const text = html({ ...content, before });
  // From the fourth day on.
  expect(text).toContain(
    'Not comparable with Week 46, 2026-11-09 to 2026-11-15: the functions with most invocations have data of 4 of its 7 days.',
  );
  expect(text).toContain('<span>Invocations</span><b>500</b><span></span>');
  expect(text).not.toContain('against the period before');
});

test('a period without data says so and has no empty tables', async () => {
  const text = html({ ...reportContent(0, { functions: 0 }), before: null });
  expect(text).toContain('No invocations are stored of this period.');
  expect(text).toContain('No data of Week 46, 2026-11-09 to 2026-11-15 to compare with.');
  expect(text).not.toMatch(/<table|<svg|<h2/);
});

test.each(['email', 'slack', 'teams', 'discord', 'native'] as const)(
  '%s: JSON within the limits of the service',
  (format) => {
    const content = reportContent(500);
    const finding = {
      ...content.overview.findings[0],
      sentence: `${HOSTILE_NAME} @everyone <!channel> ${'x'.repeat(3000)}`,
    };
    const findings = Array.from({ length: 7 }, () => finding) as typeof content.overview.findings;
    const body = reportBody(format, {
      content: { ...content, overview: { ...content.overview, findings } },
      report: { id: 'weekly.2026-W47', scheduleId: 'weekly', period: '2026-W47' },
      ...{ name: 'Costs\r\nBcc: a@b.example', note: null, madeAt: AT, publicUrl: 'https://t.example' },
      texts: ENGLISH,
    });
    const parsed = JSON.parse(body) as Record<string, unknown>;
    if (format === 'email') {
      expect(parsed['subject']).toBe('Costs Bcc: a@b.example: Weekly report: Week 47, 2026-11-16 to 2026-11-22');
      expect(parsed['html']).not.toMatch(/<script|<!channel/);
      expect(parsed['report']).toBe('weekly.2026-W47');
    }
    if (format === 'slack') {
      expect(String(parsed['text']).length).toBeLessThanOrEqual(2900);
      expect(parsed['text']).not.toMatch(/[<>@]/);
    }
    if (format === 'discord') {
      const [embed] = parsed['embeds'] as [{ title: string; description: string; url: string }];
      expect(embed.title.length).toBeLessThanOrEqual(256);
      expect(embed.description.length).toBeLessThanOrEqual(4096);
      expect(parsed['allowed_mentions']).toEqual({ parse: [] });
    }
    if (format === 'teams') expect(Buffer.byteLength(body)).toBeLessThan(28_000);
  },
);

/** Texts of elements and of labels; names of functions are data. */
function readable(html: string): readonly string[] {
  const body = html.replace(/<style>[\s\S]*?<\/style>/, '').replace(/^[\s\S]*?<title>/, '<title>');
  const labels = [...body.matchAll(/aria-label="([^"]*)"/g)].flatMap(([, label = '']) => label);
  return [...labels, ...body.split(/<[^>]*>/)].map((text) => text.replaceAll('&quot;', '"').trim());
}

test.each([
  ['ja', '週次レポート：第 47 週、2026-11-16～2026-11-22', '関数別コスト', 'AWS 定価'],
  ['ko', '주간 보고서: 47주차, 2026-11-16~2026-11-22', '함수별 비용', 'AWS 정가'],
] as const)('%s: no sentence of the file and of the e-mail is English', async (language, title, heading, price) => {
  const texts = textsOf(language, await reportCatalogue(language));
  const unknown = { code: 'coverage-starts-incomplete', parameters: {} } as const;
  const content = reportContent(3, { coverageReason: 'not shown', coverageReasonCode: unknown, costUsd: null });
  const names = content.rows.map(({ id }) => ({ name: (id ?? '').split(':')[2], title: HOSTILE_NAME }));
  const page = { content, name: 'Costs', madeAt: AT, note: null, texts };
  const html = reportHtml(page);
  expect(html).toContain(`<html lang="${language}">`);
  expect(html).toContain(`<title>${title}</title>`);
  expect(html).toContain(heading);
  expect(html).toContain(price);
  expect(untranslated(readable(html), {}, names)).toEqual([]);
  const report = { id: 'weekly.2026-W47', scheduleId: 'weekly', period: '2026-W47' };
  const mail = JSON.parse(reportBody('email', { ...page, report, publicUrl: 'https://t.example' })) as {
    readonly [part in 'subject' | 'text' | 'html']: string;
  };
  expect(mail.subject).toContain(title);
  expect(untranslated([mail.subject, ...mail.text.split('\n'), ...readable(mail.html)], {}, names)).toEqual([]);
});

test('months have the names of the language', async () => {
  const content = { ...reportContent(1), scope: { period: periodOf('2026-11'), timeZone: 'UTC', filters: {} } };
  const titles = (['en', 'ja', 'ko'] as const).map(async (language) =>
    titleOf(content as ReturnType<typeof reportContent>, textsOf(language, await reportCatalogue(language))),
  );
  expect(await Promise.all(titles)).toEqual([
    'Monthly report: November 2026',
    '月次レポート：2026年11月',
    '월간 보고서: 2026년 11월',
  ]);
});

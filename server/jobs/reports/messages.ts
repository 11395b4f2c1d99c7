/** Messages that bring a report to people, one form for each format of receivers that takes them. Pure. */
import { escapeHtml } from '../../../ingest/text/html.ts';
import { escapedJson } from '../../../ingest/text/printable.ts';
import { signedPercent, usd } from '../../../ingest/text/quantities.ts';
import { slackBlocks, teamsMessage } from '../../alerts/notify/chat-cards.ts';
import { CHAT_TEXTS, oneLine } from '../../alerts/notify/chat-text.ts';
import type { StoredMail } from '../../alerts/notify/mail.ts';
import { mailPage, shortened } from '../../alerts/notify/mail.ts';
import type { MessageLinks } from '../../alerts/notify/notification.ts';
import type { ReceiverFormat } from '../../alerts/notify/receiver.ts';
import { changeOf, idParts } from '../../http/contract/report-rows.ts';
import type { StoredReport } from '../../storage/questions/reports/types.ts';
import type { ReportContent } from './content.ts';
import { factsOf, findingsOf, reasonsOf, scopeSentence, titleOf } from './facts.ts';
import type { ReportTexts } from './texts/texts.ts';
import { ENGLISH } from './texts/texts.ts';

/** Formats that people read, and the one for programs. The others are about alerts that begin and end. */
export const REPORT_FORMATS = ['email', 'slack', 'teams', 'discord', 'native'] as const satisfies ReceiverFormat[];
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const isReportFormat = (format: ReceiverFormat): format is ReportFormat =>
  REPORT_FORMATS.some((one) => one === format);

export interface ReportMessage {
  readonly report: Pick<StoredReport, 'id' | 'scheduleId' | 'period'>;
  /** Of the schedule. */
  readonly name: string;
  readonly content: ReportContent;
  /** That it was made late; null if it was not. */
  readonly note: string | null;
  /** ISO 8601. */
  readonly madeAt: string;
  /** Base URL for links; null if not configured. */
  readonly publicUrl: string | null;
  readonly texts: ReportTexts;
}

const MOST_CHARS = 2900;
const MOST_DISCORD_CHARS = 1900;
/** Functions in the text of an e-mail. All of them are in the attached files. */
const MOST_ROWS = 15;

/** The body of a delivery. */
export function reportBody(format: ReportFormat, message: ReportMessage): string {
  switch (format) {
    case 'email':
      return json(reportMail(message));
    case 'slack': {
      const text = linesOf(message).map(CHAT_TEXTS.slack).join('\n').slice(0, MOST_CHARS);
      const blocks = slackBlocks(text, linksOf(message));
      const plain = { mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false };
      return json({ text, ...(blocks.length === 0 ? {} : { blocks }), ...plain });
    }
    case 'teams':
      return json(
        teamsMessage(
          linesOf(message).map((text) => ({ tone: 'plain', text })),
          linksOf(message),
        ),
      );
    case 'discord': {
      const [title = '', ...lines] = linesOf(message);
      const { open } = linksOf(message);
      const description = lines.map((line) => CHAT_TEXTS.discord(shortened(oneLine(line), 200))).join('\n');
      const embed = { title: CHAT_TEXTS.discord(title), description: description.slice(0, 2 * MOST_DISCORD_CHARS) };
      return json({
        embeds: [open === null ? embed : { ...embed, url: open }],
        allowed_mentions: { parse: [] },
      });
    }
    case 'native':
      return json(native(message));
    default:
      return format satisfies never;
  }
}

function json(value: unknown): string {
  return escapedJson(JSON.stringify(value));
}

function linksOf({ publicUrl, report: { period } }: Pick<ReportMessage, 'publicUrl' | 'report'>): MessageLinks {
  const open = publicUrl === null ? null : `${publicUrl}/report?period=${encodeURIComponent(period)}`;
  return { open, silence: null, runbook: null };
}

function linesOf({ content, note, texts }: ReportMessage): readonly string[] {
  const { t } = texts;
  const facts = factsOf(content, texts).map(({ label, value, note: against }) =>
    against === ''
      ? t('{label}: {value}', { label, value })
      : t('{label}: {value} ({against})', { label, value, against }),
  );
  return [
    titleOf(content, texts),
    scopeSentence(content, texts),
    ...(note === null ? [] : [note]),
    ...facts,
    ...findingsOf(content, texts).map((sentence) => `• ${sentence}`),
  ];
}

function native({ report, name, content, note, madeAt, publicUrl }: ReportMessage): object {
  const { overview, before, bounds, scope } = content;
  const figures = (of: typeof overview): object => ({
    invocations: of.invocations,
    errorRate: of.errorRate.value,
    coldStarts: of.coldStarts,
    costUsd: of.costUsd,
    wastedUsd: of.wastedUsd,
    coverage: of.coverage,
    functions: of.functions,
  });
  const file = (format: string): string =>
    `${publicUrl}/api/v1/reports/${encodeURIComponent(report.id)}?format=${format}`;
  return {
    type: 'report.ready',
    timestamp: madeAt,
    data: {
      ...{ schema: 1, id: report.id, schedule: { id: report.scheduleId, name }, period: report.period },
      ...{ from: new Date(bounds.fromMs).toISOString(), to: new Date(bounds.toMs).toISOString() },
      ...{ timeZone: scope.timeZone, filters: scope.filters, late: note },
      figures: figures(overview),
      before: before === null ? null : figures(before),
      reasons: reasonsOf(content, ENGLISH),
      findings: findingsOf(content, ENGLISH),
      links:
        publicUrl === null ? null : { ui: linksOf({ report, publicUrl }).open, html: file('html'), csv: file('csv') },
    },
  };
}

function reportMail(message: ReportMessage): StoredMail {
  const { report, name, content, texts } = message;
  const { t } = texts;
  const { open } = linksOf(message);
  const files = t(
    'The whole report is attached: the HTML file prints on A4, the CSV file has the cost of each function.',
  );
  const reasons = reasonsOf(content, texts);
  const text = [
    ...linesOf(message),
    ...(reasons.length === 0 ? [] : ['', t('Not known, because'), ...reasons]),
    '',
    files,
    ...(open === null ? [] : [t('Open: {url}', { url: open })]),
  ];
  return {
    subject: shortened(oneLine(t('{name}: {title}', { name, title: titleOf(content, texts) })), 200),
    text: `${text.map((line) => oneLine(line)).join('\n')}\n`,
    html: mailHtml(message, reasons, files),
    threads: [],
    recipients: null,
    report: report.id,
  };
}

/** Programs for mail show neither style sheets nor SVG: the same figures in tables. */
function mailHtml(message: ReportMessage, reasons: readonly string[], files: string): string {
  const { content, note, texts } = message;
  const { t, language } = texts;
  const { open } = linksOf(message);
  const cell = 'padding:3px 12px 3px 0;border-bottom:1px solid #eaecf0';
  const row = (cells: readonly string[]): string =>
    `<tr>${cells.map((one, at) => `<td style="${cell}${at === 0 ? '' : ';text-align:right'}">${escapeHtml(one)}</td>`).join('')}</tr>`;
  const table = (rows: readonly (readonly string[])[]): string =>
    `<table cellpadding="0" cellspacing="0" style="border-collapse:collapse;font-size:13px">${rows.map(row).join('')}</table>`;
  const list = (sentences: readonly string[]): string =>
    `<ul style="margin:0;padding-left:20px">${sentences.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`;
  const heading = (title: string): string => `<h2 style="font-size:15px;margin:20px 0 6px">${escapeHtml(title)}</h2>`;
  const findings = findingsOf(content, texts);
  const costs = content.rows.slice(0, MOST_ROWS).map(({ id, costUsd, beforeUsd }) => {
    const change = changeOf(costUsd, beforeUsd);
    return [
      shortened(idParts(id).name, 80),
      usd(costUsd),
      usd(beforeUsd),
      change === null ? '–' : texts.units(signedPercent(change)),
    ];
  });
  const parts = [
    `<h1 style="font-size:20px;margin:0 0 4px">${escapeHtml(titleOf(content, texts))}</h1>`,
    `<p style="margin:0 0 12px;color:#667085">${escapeHtml(scopeSentence(content, texts))}</p>`,
    ...(note === null ? [] : [`<p>${escapeHtml(note)}</p>`]),
    table(factsOf(content, texts).map(({ label, value, note: against }) => [label, value, against])),
    ...(reasons.length === 0 ? [] : [heading(t('Not known, because')), list(reasons)]),
    ...(findings.length === 0 ? [] : [heading(t('Findings')), list(findings)]),
    ...(costs.length === 0
      ? []
      : [heading(t('Cost by function')), table([[t('Function'), t('Cost'), t('Before'), t('Change')], ...costs])]),
    `<p style="margin:20px 0 0">${escapeHtml(files)}</p>`,
    ...(open === null
      ? []
      : [`<p><a href="${escapeHtml(open)}">${escapeHtml(t('Open the report in Thermocline'))}</a></p>`]),
  ];
  return mailPage(parts.join(''), language);
}

/** A report as one HTML file for screens and for A4 paper: no scripts, no other files, pictures as inline SVG. Pure. */
import { escapeHtml } from '../../../ingest/text/html.ts';
import { count, integer, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../http/contract/overview.ts';
import { previousOf } from '../../http/contract/periods.ts';
import type { CostRow } from '../../http/contract/report-rows.ts';
import { changeOf, idParts } from '../../http/contract/report-rows.ts';
import type { ReportLanguage } from '../../http/contract/reports.ts';
import type { ReportContent } from './content.ts';
import { shortPeriodName } from './content.ts';
import { comparedWith, factsOf, findingsOf, reasonsOf, scopeSentence, titleOf } from './facts.ts';
import type { Catalogue, ReportTexts } from './texts/texts.ts';

export interface ReportPage {
  readonly content: ReportContent;
  /** Of the schedule; null for a preview. */
  readonly name: string | null;
  /** ISO 8601. */
  readonly madeAt: string;
  /** That it was made late; null if it was not. */
  readonly note: string | null;
  readonly texts: ReportTexts;
}

/** A page without its content, as a thread gets it. */
export type UntranslatedPage = Omit<ReportPage, 'content' | 'texts'> & {
  readonly language: ReportLanguage;
  readonly catalogue: Catalogue;
};

/** Widths that A4 leaves within its margins are in the style: tables break between rows, and long names within them. */
const STYLE = `@page{size:A4;margin:14mm 12mm}
*{box-sizing:border-box}
html{color-scheme:light}
body{margin:0 auto;padding:16px;max-width:960px;background:#fff;color:#101828;font:14px/1.45 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;print-color-adjust:exact;-webkit-print-color-adjust:exact}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:24px 0 8px;break-after:avoid}
p{margin:0 0 8px;overflow-wrap:anywhere}.soft{color:#667085}.note{border-left:4px solid #b54708;padding:4px 0 4px 10px}
.facts{display:grid;grid-template-columns:repeat(3,1fr);gap:10px;margin:16px 0}
.fact{border:1px solid #d0d5dd;border-radius:6px;padding:8px 10px;break-inside:avoid;overflow-wrap:anywhere}
.fact b{display:block;font-size:20px}.fact span{display:block;font-size:12px;color:#667085}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:16px}figure{margin:0;break-inside:avoid}figcaption{font-size:12px;color:#667085}
svg{display:block;width:100%}.bars{height:90px}.bars rect,.trend rect{fill:#2e6ae6}.bars .bad{fill:#b42318}.trend{width:72px;height:18px}
table{width:100%;border-collapse:collapse;table-layout:fixed;font-size:12px}thead{display:table-header-group}
tr{break-inside:avoid}th,td{padding:4px 6px;border-bottom:1px solid #eaecf0;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{font-size:11px;color:#667085}.n{text-align:right;font-variant-numeric:tabular-nums}
col.name{width:auto}col.place{width:19%}col.money{width:12%}col.change{width:10%}col.trend{width:86px}
ol,ul{margin:0;padding-left:20px}li{margin:0 0 4px;overflow-wrap:anywhere;break-inside:avoid}
@media print{body{padding:0;max-width:none;font-size:12px}}
@media (max-width:600px){.facts,.charts{grid-template-columns:1fr 1fr}col.place,.place{display:none}}`;

/** What browsers may do with the file: show it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** The file. Not for the main thread: with a thousand functions it is half a megabyte. */
export function reportHtml(page: ReportPage): string {
  return [...partsOf(page)].join('\n');
}

function* partsOf({ content, name, madeAt, note, texts }: ReportPage): Generator<string> {
  const { overview } = content;
  const { language, t } = texts;
  const title = escapeHtml(titleOf(content, texts));
  const made =
    name === null
      ? t('Made at {madeAt} by Thermocline.', { madeAt })
      : t('Made at {madeAt} by Thermocline, for {name}.', { madeAt, name });
  yield `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light"><title>${title}</title><style>${STYLE}</style></head>
<body>
<h1>${title}</h1>
<p class="soft">${escapeHtml(scopeSentence(content, texts))}</p>`;
  if (note !== null) yield `<p class="note">${escapeHtml(note)}</p>`;
  if (overview.functions === 0) yield `<p>${escapeHtml(t('No invocations are stored of this period.'))}</p>`;
  else {
    yield facts(content, texts);
    yield charts(overview, texts);
    yield findings(content, texts);
    yield* costs(content, texts);
    yield assumptions(overview, texts);
  }
  yield `<p class="soft">${escapeHtml(made)}</p>
</body></html>
`;
}

function facts(content: ReportContent, texts: ReportTexts): string {
  const tiles = factsOf(content, texts).map(
    ({ label, value, note }) =>
      `<div class="fact"><span>${escapeHtml(label)}</span><b>${escapeHtml(value)}</b><span>${escapeHtml(note)}</span></div>`,
  );
  const reasons = reasonsOf(content, texts).map((one) => `<li>${escapeHtml(one)}</li>`);
  const heading = escapeHtml(texts.t('Not known, because'));
  const unknown = reasons.length === 0 ? '' : `<h2>${heading}</h2>\n<ul>${reasons.join('')}</ul>`;
  return `<div class="facts">${tiles.join('')}</div>\n${unknown}`;
}

const CHART_WIDTH = 400;
const CHART_HEIGHT = 90;

function charts({ series }: OverviewAnswer, { t }: ReportTexts): string {
  if (series.length === 0) return '';
  const [first, last] = [series[0]?.at ?? '', series.at(-1)?.at ?? ''];
  const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');
  const range = t('{from} to {to} UTC', { from: minute(first), to: minute(last) });
  const invocations = series.map(({ invocations: n }) => n);
  const dollars = series.map(({ costUsd }) => costUsd);
  const most = Math.max(...invocations, 0);
  const priciest = Math.max(...dollars.map((one) => one ?? 0), 0);
  return `<div class="charts">${figure(
    t('Invocations and, in red, errors: {range}, at most {most} in one bar', { range, most: integer(most) }),
    bars(invocations, most, '') +
      bars(
        series.map(({ errors }) => errors),
        most,
        'bad',
      ),
  )}${figure(
    t('Cost: {range}, at most {most} in one bar{isPart, select, yes {. Parts without a bar are not known} other {}}', {
      range,
      most: usd(priciest),
      isPart: dollars.includes(null) ? 'yes' : 'no',
    }),
    bars(dollars, priciest, ''),
  )}</div>`;
}

function figure(caption: string, shapes: string): string {
  const text = escapeHtml(caption);
  return `<figure><svg class="bars" viewBox="0 0 ${CHART_WIDTH} ${CHART_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${text}"><path d="M0 ${CHART_HEIGHT}H${CHART_WIDTH}" stroke="#d0d5dd"/>${shapes}</svg><figcaption>${text}</figcaption></figure>`;
}

/** Bars from the bottom; of zero and of what is not known there is none. */
function bars(values: readonly (number | null)[], most: number, kind: string): string {
  return boxes(values, most, CHART_WIDTH, CHART_HEIGHT)
    .map((box) => `<rect${kind === '' ? '' : ` class="${kind}"`} ${box}/>`)
    .join('');
}

function boxes(values: readonly (number | null)[], most: number, width: number, height: number): readonly string[] {
  const step = width / Math.max(1, values.length);
  return values.flatMap((value, at) => {
    if (value === null || value <= 0 || most <= 0) return [];
    const tall = Math.max(1, (value / most) * height);
    const size = `width="${rounded(Math.max(0.5, step - 1))}" height="${rounded(tall)}"`;
    return [`x="${rounded(at * step)}" y="${rounded(height - tall)}" ${size}`];
  });
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

function findings(content: ReportContent, texts: ReportTexts): string {
  const { t } = texts;
  const none = `<p class="soft">${escapeHtml(t('[findings] None.'))}</p>`;
  const sentences = findingsOf(content, texts).map((sentence) => `<li>${escapeHtml(sentence)}</li>`);
  return `<h2>${escapeHtml(t('Findings'))}</h2>\n${sentences.length === 0 ? none : `<ol>${sentences.join('')}</ol>`}`;
}

function* costs(content: ReportContent, texts: ReportTexts): Generator<string> {
  const { scope, isCut, rows } = content;
  const { period } = scope;
  const { t } = texts;
  if (rows.length === 0) return;
  const isCompared = comparedWith(content) !== null;
  const titles = [
    ['', t('Function')],
    [' class="place"', t('Account and region')],
    [' class="n"', shortPeriodName(period, texts)],
    [' class="n"', shortPeriodName(previousOf(period), texts)],
    [' class="n"', t('Change')],
    ['', t('Trend')],
  ].map(([kind = '', title = '']) => `<th${kind}>${escapeHtml(title)}</th>`);
  const head = `<thead><tr>${titles.join('')}</tr></thead>`;
  const most = t('The {n} most expensive functions; there are more.', { n: count(rows.length) });
  const cut = isCut ? `<p class="soft">${escapeHtml(most)}</p>` : '';
  yield `<h2>${escapeHtml(t('Cost by function'))}</h2>\n${cut}<table><colgroup><col class="name"><col class="place"><col class="money"><col class="money"><col class="change"><col class="trend"></colgroup>${head}<tbody>`;
  yield rows.map((row) => costRow(row, isCompared, texts)).join('\n');
  yield '</tbody></table>';
}

function costRow({ id, costUsd, beforeUsd, trend }: CostRow, isCompared: boolean, { t, units }: ReportTexts): string {
  const { name, account, region } = idParts(id);
  const change = isCompared ? changeOf(costUsd, beforeUsd) : null;
  const most = Math.max(...trend.map((value) => value ?? 0));
  const shapes = boxes(trend, most, 72, 18).map((box) => `<rect ${box}/>`);
  const label = escapeHtml(t('Cost of {name}, the last {n} periods', { name, n: trend.length }));
  const place = [account, region].filter((part) => part !== '').join(' ');
  return `<tr><td>${escapeHtml(name)}</td><td class="place">${escapeHtml(place)}</td><td class="n">${usd(costUsd)}</td><td class="n">${usd(beforeUsd)}</td><td class="n">${change === null ? '–' : units(signedPercent(change))}</td><td><svg class="trend" viewBox="0 0 72 18" preserveAspectRatio="none" role="img" aria-label="${label}">${shapes.join('')}</svg></td></tr>`;
}

function assumptions({ priceAssumptions, priceAssumptionCodes }: OverviewAnswer, { t, reason }: ReportTexts): string {
  if (priceAssumptions.length === 0) return '';
  const items = priceAssumptions.map((english, at) => {
    const sentence = reason(english, priceAssumptionCodes?.[at]);
    return `<li>${escapeHtml(t('[sentence] {sentence}.', { sentence }))}</li>`;
  });
  return `<h2>${escapeHtml(t('What these prices assume'))}</h2>\n<ul class="soft">${items.join('')}</ul>`;
}

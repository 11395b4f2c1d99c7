/** The files of a report of a week or month, from answers of the API. */
import type { ReportAnswers, ReportContent } from '../../jobs/reports/content.ts';
import { contentOf } from '../../jobs/reports/content.ts';
import type { UntranslatedPage } from '../../jobs/reports/html.ts';
import { reportHtml } from '../../jobs/reports/html.ts';
import { textsOf } from '../../jobs/reports/texts/texts.ts';
import { costCsv } from '../contract/report-rows.ts';
import type { Shaped } from './shaped.ts';

/** The body is the HTML file; `meta` the CSV file, and what messages say. */
export function reportFiles(
  answers: ReportAnswers,
  { language, catalogue, ...page }: UntranslatedPage,
): Shaped<string, { readonly csv: string; readonly content: ReportContent }> {
  const content = contentOf(answers);
  return {
    body: reportHtml({ ...page, content, texts: textsOf(language, catalogue) }),
    meta: { csv: costCsv(content.rows, 'function'), content },
  };
}

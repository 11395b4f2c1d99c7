/** Codes and titles of the server in words: English as the API writes them, translated where they are shown. */
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';
import type { PageName } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import type { Message } from './translate.ts';
import { apiText, message } from './translate.ts';

/** The title of a page. */
export function pageTitle(name: PageName): string {
  return titleText(PAGES[name].title);
}

/** The label of a page in the navigation; its title where it has none there. */
export function pageLabel(name: PageName): string {
  return titleText(PAGES[name].navigation ?? PAGES[name].title);
}

const titleText = (title: string): string => apiText(`page:${title}`, title);

/** How an invocation ended, the kind of a cold start in a list of them, or its cause: in English, the code itself. */
export function codeText(code: string): string {
  return apiText(`code:${code}`, code);
}

type ColdStart = NonNullable<Invocation['coldStart']>;

export const COLD_STARTS: Readonly<Record<ColdStart['kind'], Message>> = {
  'on-demand': message('on-demand cold start'),
  provisioned: message('provisioned cold start'),
  'snap-start': message('snap-start cold start'),
  suppressed: message('suppressed cold start'),
  'managed-instance': message('managed-instance cold start'),
};

/** Names of compared metrics, as ingest/text/compared-text.ts has them. */
export const COMPARED_METRICS: Readonly<Record<CompareAnswer['differences'][number]['metric'], Message>> = {
  p50: message('Duration p50'),
  p95: message('Duration p95'),
  p99: message('Duration p99'),
  initP50: message('Init p50'),
  errorRate: message('Error rate'),
  coldStartRate: message('Cold-start rate'),
  costPer1k: message('Cost per 1,000'),
};

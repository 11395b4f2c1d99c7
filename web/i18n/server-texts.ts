/** Codes and titles of the server in words: English as the API writes them, translated where they are shown. */
import type { CompareAnswer } from '../../server/http/contract/compare.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';
import type { PageName } from '../../server/http/contract/pages.ts';
import { PAGES } from '../../server/http/contract/pages.ts';
import type { Message } from './translate.ts';
import { message, translated } from './translate.ts';

type PageTitle = (typeof PAGES)[PageName]['title'] | NonNullable<(typeof PAGES)[PageName]['navigation']>;

const PAGE_TITLES: Readonly<Record<PageTitle, Message>> = {
  Overview: message('Overview'),
  Functions: message('Functions'),
  Function: message('Function'),
  Changes: message('Changes'),
  Errors: message('Errors'),
  Failure: message('Failure'),
  Invocation: message('Invocation'),
  Logs: message('Logs'),
  Trace: message('Trace'),
  'Memory right-sizing': message('Memory right-sizing'),
  'Right-sizing': message('Right-sizing'),
  Network: message('Network'),
  'Service map': message('Service map'),
  Map: message('Map'),
  Compare: message('Compare'),
  Report: message('Report'),
  SQL: message('SQL'),
  Alerts: message('Alerts'),
  Ingest: message('Ingest'),
  Connect: message('Connect'),
  Settings: message('Settings'),
  API: message('API'),
  'Sign in': message('Sign in'),
};

/** The title of a page. */
export function pageTitle(name: PageName): string {
  return translated(PAGE_TITLES[PAGES[name].title]);
}

/** The label of a page in the navigation; its title where it has none there. */
export function pageLabel(name: PageName): string {
  return translated(PAGE_TITLES[PAGES[name].navigation ?? PAGES[name].title]);
}

/** How an invocation ended. */
export const STATUSES: Readonly<Record<Invocation['status'], Message>> = {
  success: message('success'),
  timeout: message('timeout'),
  error: message('error'),
  oom: message('oom'),
  exit: message('exit'),
};

type ColdStart = NonNullable<Invocation['coldStart']>;

export const COLD_STARTS: Readonly<Record<ColdStart['kind'], Message>> = {
  'on-demand': message('on-demand cold start'),
  provisioned: message('provisioned cold start'),
  'snap-start': message('snap-start cold start'),
  suppressed: message('suppressed cold start'),
  'managed-instance': message('managed-instance cold start'),
};

/** Kinds of cold starts in a list of them. */
export const COLD_START_KINDS: Readonly<Record<ColdStart['kind'], Message>> = {
  'on-demand': message('on-demand'),
  provisioned: message('provisioned'),
  'snap-start': message('snap-start'),
  suppressed: message('suppressed'),
  'managed-instance': message('managed-instance'),
};

export const CAUSES: Readonly<Record<NonNullable<ColdStart['cause']>, Message>> = {
  provisioned: message('provisioned'),
  'snap-start': message('snap-start'),
  deploy: message('deploy'),
  'runtime-patch': message('runtime-patch'),
  crash: message('crash'),
  proactive: message('proactive'),
  'scale-out': message('scale-out'),
  'idle-expiry': message('idle-expiry'),
  recycle: message('recycle'),
  'new-tenant': message('new-tenant'),
  unknown: message('unknown'),
  'init-timeout': message('init-timeout'),
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

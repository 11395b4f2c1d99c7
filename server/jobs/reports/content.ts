/** What a report says: the answers of the API that the Report page shows, for one period and those before it. */
import * as z from 'zod';
import type { ApiClient } from '../../../ingest/api/api-client.ts';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { iso } from '../../../ingest/records/time.ts';
import type { OverviewAnswer } from '../../http/contract/overview.ts';
import type { Period } from '../../http/contract/periods.ts';
import { previousOf } from '../../http/contract/periods.ts';
import type { structuredAnswer } from '../../http/contract/query.ts';
import type { CostRow } from '../../http/contract/report-rows.ts';
import { costQuery, costRows, trendOf } from '../../http/contract/report-rows.ts';
import type { ReportFilters } from '../../storage/questions/reports/types.ts';
import { boundsOf } from './schedule-times.ts';
import type { ReportTexts } from './texts/texts.ts';

type CostAnswer = z.infer<typeof structuredAnswer>;

const COSTS = costQuery('function');

/** Which period of what a report is about. */
export interface ReportScope {
  readonly period: Period;
  /** IANA name. */
  readonly timeZone: string;
  readonly filters: ReportFilters;
}

export interface ReportContent {
  readonly scope: ReportScope;
  readonly bounds: { readonly fromMs: number; readonly toMs: number };
  readonly overview: OverviewAnswer;
  /** Of the period before; null if it has no data. */
  readonly before: OverviewAnswer | null;
  /** The most expensive first. */
  readonly rows: readonly CostRow[];
  /** True if there are more functions than an answer of the API lists. */
  readonly isCut: boolean;
}

/** Answers of the API as they came, from which a thread makes the content. */
export interface ReportAnswers {
  readonly scope: ReportScope;
  readonly overview: Uint8Array;
  readonly before: Uint8Array;
  /** By the key of the period. */
  readonly costs: readonly (readonly [key: string, answer: Uint8Array])[];
}

/** Asks the API one question after the other: a report is no reason to let pages wait. @throws ApiError if one is not answered */
export async function readAnswers(ask: ApiClient, scope: ReportScope): Promise<ReportAnswers> {
  const { period, timeZone, filters } = scope;
  const overview = await bytesOf(ask, overviewPath(scope, period));
  const before = await bytesOf(ask, overviewPath(scope, previousOf(period)));
  const costs: [string, Uint8Array][] = [];
  for (const one of trendOf(period)) {
    const body = {
      ...rangeOf(one, timeZone),
      ...COSTS,
      filters: Object.entries(filters).flatMap(([field, value]) =>
        // A function is named by its id or, where it is unambiguous, by its name.
        value === undefined ? [] : [{ field, op: field === 'function' ? 'matches' : '=', value }],
      ),
    };
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    costs.push([one.key, await bytesOf(ask, '/api/v1/query', init)]);
  }
  return { scope, overview, before, costs };
}

/** What the answers say. Not for the main thread: with a thousand functions it parses and sorts megabytes. */
export function contentOf({ scope, ...answers }: ReportAnswers): ReportContent {
  const { period, timeZone } = scope;
  const before = parsed(overviewAnswer, answers.before);
  const byPeriod = new Map(answers.costs.map(([key, answer]) => [key, parsed(costAnswer, answer)]));
  return {
    scope,
    bounds: boundsOf(period, timeZone),
    overview: parsed(overviewAnswer, answers.overview),
    before: before.functions === 0 ? null : before,
    rows: costRows(byPeriod, period, 'function'),
    isCut: (byPeriod.get(period.key)?.groups.length ?? 0) >= COSTS.limit,
  };
}

async function bytesOf(ask: ApiClient, path: string, init: RequestInit = {}): Promise<Uint8Array> {
  const response = await ask(path, init);
  if (!response.ok) await readAnswer(response);
  return new Uint8Array(await response.arrayBuffer());
}

/** A successful answer of this product's API, which has the type of its route if it has this field. */
const answerWith = <T>(field: string) =>
  z.custom<T>((value) => typeof value === 'object' && value !== null && field in value, `expected ${field}`);
const overviewAnswer = answerWith<OverviewAnswer>('functions');
const costAnswer = answerWith<CostAnswer>('groups');

function parsed<T>(schema: z.ZodType<T>, answer: Uint8Array): T {
  return schema.parse(JSON.parse(new TextDecoder().decode(answer)));
}

function overviewPath({ timeZone, filters }: ReportScope, period: Period): string {
  const query = new URLSearchParams(rangeOf(period, timeZone));
  for (const [name, value] of Object.entries(filters)) if (value !== undefined) query.set(name, value);
  return `/api/v1/overview?${query}`;
}

function rangeOf(period: Period, timeZone: string): { from: string; to: string } {
  const { fromMs, toMs } = boundsOf(period, timeZone);
  return { from: iso(fromMs), to: iso(toMs) };
}

/** `November 2026`, `Week 48, 2026-11-23 to 2026-11-29`. */
export function periodName({ week, fromMs, firstDay, lastDay }: Period, { language, t }: ReportTexts): string {
  if (week !== null) return t('Week {week}, {from} to {to}', { week: String(week), from: firstDay, to: lastDay });
  return new Intl.DateTimeFormat(language === 'en' ? 'en-US' : language, {
    ...{ month: 'long', year: 'numeric', timeZone: 'UTC' },
  } as const).format(fromMs);
}

/** `Week 48`, `November 2026`. */
export function shortPeriodName(period: Period, texts: ReportTexts): string {
  return period.week === null
    ? periodName(period, texts)
    : texts.t('[of a report] Week {week}', { week: String(period.week) });
}

/** The figures and sentences of a report, the same in its HTML, its e-mail and its messages. Pure. */
import { count, percent, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../http/contract/overview.ts';
import { previousOf } from '../../http/contract/periods.ts';
import { changeOf, dataDaysOf } from '../../http/contract/report-rows.ts';
import type { ReportContent } from './content.ts';
import { periodName } from './content.ts';
import type { ReportTexts } from './texts/texts.ts';

/** One figure with what it was in the period before, and why it is not known or not complete. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Empty where there is nothing to compare with. */
  readonly note: string;
  /** Null where the figure is known as it is. */
  readonly reason: string | null;
}

const MOST_FINDINGS = 7;

/** The answer of the period before; null where only part of it has data, because a change against that means nothing. */
export function comparedWith({ overview, before }: Pick<ReportContent, 'overview' | 'before'>): OverviewAnswer | null {
  return before === null || dataDaysOf(before.range, overview) !== null ? null : before;
}

export function factsOf(content: ReportContent, { t, reason, units }: ReportTexts): readonly Fact[] {
  const { overview: now } = content;
  const before = comparedWith(content);
  const part = dataDaysOf(now.range, now);
  const against = (value: number | null, old: number | null | undefined): string => {
    const change = changeOf(value, old ?? null);
    return change === null ? '' : t('{change} against the period before', { change: signedPercent(change) });
  };
  const why = (sentence: string | null | undefined, code: Parameters<typeof reason>[1]): string | null =>
    sentence == null ? null : reason(sentence, code);
  const errorPercent = ({ value, failures, n, unknown }: OverviewAnswer['errorRate']): string => {
    if (unknown === null || n === 0) return units(percent(value));
    return failures === 0 ? t('unknown') : `≥ ${units(percent(failures / n))}`;
  };
  return [
    {
      label: t('Invocations'),
      value: units(count(now.invocations)),
      note: against(now.invocations, before?.invocations),
      reason: null,
    },
    {
      label: t('Error rate'),
      value: errorPercent(now.errorRate),
      note: before === null ? '' : t('{rate} before', { rate: errorPercent(before.errorRate) }),
      reason: why(now.errorRate.unknown?.reason, now.errorRate.unknown?.reasonCode),
    },
    {
      label: t('Cold starts'),
      value: units(count(now.coldStarts)),
      note: against(now.coldStarts, before?.coldStarts),
      reason: null,
    },
    {
      label: t('Cost'),
      value: usd(now.costUsd),
      note: against(now.costUsd, before?.costUsd),
      reason: why(now.costReason, now.costReasonCode),
    },
    {
      label: t('Cost of failures'),
      value: usd(now.wastedUsd),
      note: against(now.wastedUsd, before?.wastedUsd),
      reason: why(now.wastedUnknown?.reason, now.wastedUnknown?.reasonCode),
    },
    {
      label: t('Coverage'),
      value: units(percent(now.coverage)),
      note:
        part === null
          ? t('{n, plural, one {# function} other {# functions}}', { n: now.functions })
          : t('data of {days} of {of} days', { days: String(part.days), of: String(part.of) }),
      reason: why(now.coverageReason, now.coverageReasonCode),
    },
  ];
}

/** Why figures are not known or not complete, each with its label. */
export function reasonsOf(content: ReportContent, texts: ReportTexts): readonly string[] {
  return factsOf(content, texts).flatMap(({ label, reason }) =>
    reason === null ? [] : [texts.t('{label}: {reason}', { label, reason })],
  );
}

/** The most severe findings, most severe first. */
export function findingsOf({ overview }: ReportContent, { finding }: ReportTexts): readonly string[] {
  return overview.findings.slice(0, MOST_FINDINGS).map(finding);
}

export function titleOf({ scope: { period } }: Pick<ReportContent, 'scope'>, texts: ReportTexts): string {
  const values = { period: periodName(period, texts) };
  return period.week === null
    ? texts.t('Monthly report: {period}', values)
    : texts.t('Weekly report: {period}', values);
}

/** What the report is about, and what it is compared with. */
export function scopeSentence({ scope, overview, before }: ReportContent, texts: ReportTexts): string {
  const { period, timeZone, filters } = scope;
  const only = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const values = {
    ...{ period: periodName(period, texts), zone: timeZone, earlier: periodName(previousOf(period), texts) },
    ...{ isPart: only.length === 0 ? 'no' : 'yes', filters: only.join(', ') },
  };
  const part = before === null ? null : dataDaysOf(before.range, overview);
  if (part !== null)
    return texts.t(
      '{period}, in {zone}{isPart, select, yes {, of {filters} only} other {}}. Not comparable with {earlier}: the functions with most invocations have data of {days} of its {of} days.',
      { ...values, days: String(part.days), of: String(part.of) },
    );
  return before === null
    ? texts.t(
        '{period}, in {zone}{isPart, select, yes {, of {filters} only} other {}}. No data of {earlier} to compare with.',
        values,
      )
    : texts.t('{period}, in {zone}{isPart, select, yes {, of {filters} only} other {}}, against {earlier}.', values);
}

/** That a report was not made when it was due. Times are ISO 8601. */
export function lateSentence(dueAt: string, madeAt: string, { t }: ReportTexts): string {
  return t(
    'This report was due at {dueAt} and was made at {madeAt}, because the server was not running or could not read its data.',
    { dueAt, madeAt },
  );
}

/** The figures and sentences of a report, the same in its HTML, its e-mail and its messages. Pure. */
import { count, percent, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { OverviewAnswer } from '../../http/contract/overview.ts';
import { previousOf } from '../../http/contract/periods.ts';
import { changeOf } from '../../http/contract/report-rows.ts';
import type { ReportContent } from './content.ts';
import { periodName } from './content.ts';

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

export function factsOf({ overview: now, before }: ReportContent): readonly Fact[] {
  const against = (value: number | null, old: number | null | undefined): string => {
    const change = changeOf(value, old ?? null);
    return change === null ? '' : `${signedPercent(change)} against the period before`;
  };
  return [
    {
      label: 'Invocations',
      value: count(now.invocations),
      note: against(now.invocations, before?.invocations),
      reason: null,
    },
    {
      label: 'Error rate',
      value: errorPercent(now.errorRate),
      note: before === null ? '' : `${errorPercent(before.errorRate)} before`,
      reason: now.errorRate.unknown?.reason ?? null,
    },
    {
      label: 'Cold starts',
      value: count(now.coldStarts),
      note: against(now.coldStarts, before?.coldStarts),
      reason: null,
    },
    { label: 'Cost', value: usd(now.costUsd), note: against(now.costUsd, before?.costUsd), reason: now.costReason },
    {
      label: 'Cost of failures',
      value: usd(now.wastedUsd),
      note: against(now.wastedUsd, before?.wastedUsd),
      reason: now.wastedUnknown?.reason ?? null,
    },
    {
      label: 'Coverage',
      value: percent(now.coverage),
      note: now.functions === 1 ? '1 function' : `${now.functions} functions`,
      reason: now.coverageReason,
    },
  ];
}

function errorPercent({ value, failures, n, unknown }: OverviewAnswer['errorRate']): string {
  if (unknown === null || n === 0) return percent(value);
  return failures === 0 ? 'unknown' : `≥ ${percent(failures / n)}`;
}

/** The most severe findings, most severe first. */
export function findingsOf({ overview }: ReportContent): readonly string[] {
  return overview.findings.slice(0, MOST_FINDINGS).map(({ sentence }) => sentence);
}

export function titleOf({ scope }: Pick<ReportContent, 'scope'>): string {
  return `${scope.period.week === null ? 'Monthly' : 'Weekly'} report: ${periodName(scope.period)}`;
}

/** What the report is about, and what it is compared with. */
export function scopeSentence({ scope: { period, timeZone, filters }, before }: ReportContent): string {
  const only = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const earlier = periodName(previousOf(period));
  const compared = before === null ? `. No data of ${earlier} to compare with` : `, against ${earlier}`;
  return `${periodName(period)}, in ${timeZone}${only.length === 0 ? '' : `, of ${only.join(', ')} only`}${compared}.`;
}

/** That a report was not made when it was due. Times are ISO 8601. */
export function lateSentence(dueAt: string, madeAt: string): string {
  return `This report was due at ${dueAt} and was made at ${madeAt}, because the server was not running or could not read its data.`;
}

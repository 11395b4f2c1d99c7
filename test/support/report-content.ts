/** The content of a report about any number of functions, with text that tries to break it. */
import { examples } from '../../server/http/contract/examples/examples.generated.ts';
import type { OverviewAnswer } from '../../server/http/contract/overview.ts';
import { periodOf } from '../../server/http/contract/periods.ts';
import type { ReportContent } from '../../server/jobs/reports/content.ts';
import { boundsOf } from '../../server/jobs/reports/schedule-times.ts';

export const HOSTILE_NAME = '"><script>alert(1)</script>\u202egnp.exe';

/** Two of the names are as long as Lambda allows, one has markup. */
export function reportContent(functions: number, change: Partial<OverviewAnswer> = {}): ReportContent {
  const period = periodOf('2026-W47');
  if (period === null) throw new Error('no period');
  const overview = { ...(examples.getOverview.answer as OverviewAnswer), ...change };
  const names = Array.from({ length: functions }, (_, at) => `service-${at}-handler`);
  names.splice(0, 3, HOSTILE_NAME, 'x'.repeat(140), `${'very-long-name-'.repeat(9)}end`);
  return {
    scope: { period, timeZone: 'Europe/Berlin', filters: {} },
    bounds: boundsOf(period, 'Europe/Berlin'),
    overview,
    before: { ...overview, invocations: overview.invocations * 2 },
    rows: names.slice(0, functions).map((name, at) => ({
      ...{ id: `1:eu-west-1:${name}`, name, account: '123456789012', region: 'ap-southeast-1' },
      ...{ costUsd: 12_345.67 / (at + 1), beforeUsd: at % 7 === 0 ? null : 11_111.11 / (at + 1) },
      trend: [null, 1, 2, 3, at % 5, 12_345.67 / (at + 1)],
    })),
    isCut: false,
  };
}

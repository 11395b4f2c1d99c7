/** The period before in the charts of an overview: dashed lines at the times of this one, where the reader asks for them. */
import type { OverviewAnswer } from '../../../server/http/contract/overview.ts';
import type { ChartSeries } from '../../charts/chart-types.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

type Point = OverviewAnswer['series'][number];
type Earlier = Pick<OverviewAnswer, 'range' | 'series' | 'previous'>;

export interface EarlierPeriod {
  /** What is added to a chart; nothing unless it is asked for. */
  readonly seriesOf: (of: (point: Point) => number | null) => readonly ChartSeries[];
  /** What is added to the description of a chart: where the period before has no data; else ''. */
  readonly note: string;
}

export function useEarlier({ range, series, previous }: Earlier): EarlierPeriod {
  const { comparesPrevious } = useView();
  if (!comparesPrevious || previous === null) return { seriesOf: () => [], note: '' };
  const shiftMs = Date.parse(range.from) - Date.parse(previous.range.from);
  const pointsOf = (points: readonly Point[], of: (point: Point) => number | null) =>
    points.map((point) => ({ x: Date.parse(point.at), y: of(point) }));
  return {
    seriesOf: (of) => [
      earlierSeries(t('the period before'), 'grey', pointsOf(series, of), pointsOf(previous.series, of), shiftMs),
    ],
    note: previous.isComplete ? '' : ` ${t('Of the period before, only a part has data, or none.')}`,
  };
}

/** Points of the period before moved to the times of these; null where it has none. */
export function earlierSeries(
  label: string,
  colour: ChartSeries['colour'],
  now: ChartSeries['points'],
  before: ChartSeries['points'],
  shiftMs: number,
): ChartSeries {
  const known = new Map(before.map(({ x, y }) => [x + shiftMs, y]));
  return { label, colour, points: now.map(({ x }) => ({ x, y: known.get(x) ?? null })), comparedWith: now };
}

interface SparklineProps {
  readonly values: readonly number[];
  readonly label: string;
  /** What is told of each bar that is pointed at. */
  readonly titles?: readonly string[];
}

/** Bars without axes, scaled to the largest value; zero has no bar. */
export function Sparkline({ values, label, titles }: SparklineProps) {
  const most = Math.max(...values, 1);
  const width = 96 / values.length;
  return (
    <svg class="sparkline" viewBox="0 0 96 24" preserveAspectRatio="none" role="img" aria-label={label}>
      {values.map((value, at) => {
        const height = value === 0 ? 0 : Math.max(1, (value / most) * 24);
        return (
          <rect x={at * width} y={24 - height} width={Math.max(0.5, width - 1)} height={height}>
            {titles !== undefined && <title>{titles[at]}</title>}
          </rect>
        );
      })}
    </svg>
  );
}

/** Units are those of CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
import { expect, test } from 'vitest';
import { metricValue } from './metric-values.ts';

test.each<[number | null, string | null, string]>([
  [null, 'Count', '–'],
  [0, 'Count', '0'],
  [12_345, 'Count', '12,345'],
  [1_234_567, 'None', '1.23 M'],
  [0.123456, null, '0.1235'],
  [-2.5, 'None', '-2.5'],
  [1500, 'Milliseconds', '1.50 s'],
  [1500, 'ms', '1.50 s'],
  [1500, 'Microseconds', '1.5 ms'],
  [90, 'Seconds', '1.50 min'],
  [-3, 'Seconds', '-3 Seconds'],
  [2048, 'Bytes', '2.0 KiB'],
  [1.5, 'Megabytes', '1.5 MiB'],
  [0.9987, 'ratio', '99.87 %'],
  [42.5, 'Percent', '42.5 %'],
  [7, 'Count/Second', '7 Count/Second'],
  [7, 'Gigabits', '7 Gigabits'],
])('%s %s is %s', (value, unit, text) => {
  expect(metricValue(value, unit)).toBe(text);
});

/** Expressions of ClickHouse's SQL from which the views of the SQL console are made. They compute what server/analytics computes. */
import { DAY_MS } from '../../../../ingest/records/time.ts';
import { REGION_PRICES, STANDARD_PRICE } from '../../../analytics/cost/prices.ts';
import type { PriceTerms } from '../../../analytics/cost/terms.ts';
import { factorsAt } from '../../../analytics/cost/terms.ts';
import { RELATIVE_ERROR, ZERO_BIN } from '../../../analytics/sketch/sketch.ts';
import { quoted } from '../restricted-tables.ts';

/** The name of a stored number. */
export function nameOf(number: string, names: readonly string[], otherwise = 'NULL'): string {
  return `transform(${number}, [${names.map((_, at) => at).join(',')}], [${names.map(quoted).join(',')}], ${otherwise})`;
}

/** ISO 8601 in UTC of epoch ms. */
export function isoOf(ms: string): string {
  return `concat(formatDateTime(fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC'), '%Y-%m-%dT%H:%i:%S'), '.',
    leftPad(toString(positiveModulo(toInt64(${ms}), 1000)), 3, '0'), 'Z')`;
}

/** Day (UTC) of epoch ms, such as 2026-11-30. */
export function dayOf(ms: string): string {
  return `formatDateTime(fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC'), '%Y-%m-%d')`;
}

const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);

/** The q-quantile of a map of bins, or of merged ones: that of server/analytics/sketch. Null without values. */
export function quantileOf(bins: string, q: string): string {
  const sorted = `mapSort(CAST(${bins}, 'Map(Int32, UInt64)'))`;
  const counts = `mapValues(${sorted})`;
  const bin = `arrayElement(mapKeys(${sorted}), arrayFirstIndex(seen -> seen >= greatest(1, ceil((${q}) * arraySum(${counts}))), arrayCumSum(${counts})))`;
  return `if(arraySum(${counts}) = 0, NULL, if(${bin} = ${ZERO_BIN}, 0, 2 * pow(${GAMMA}, ${bin}) / ${GAMMA + 1}))`;
}

/** The latest time of a plan without an end. */
const ENDLESS_MS = 100_000_000 * DAY_MS;

/** Compute and requests, US dollars, in a bucket that begins at `fromMs`; null if memory or billed duration is unknown, or the price is not in dollars. */
export function costOf(
  terms: PriceTerms,
  n: string,
  billedMs: string,
  fromMs: string,
  widthMs: number,
  of: PricedColumns,
): string {
  const regions = Object.entries(REGION_PRICES);
  const names = `[${regions.map(([name]) => quoted(name)).join(',')}]`;
  const price = (value: (one: typeof STANDARD_PRICE) => number): string =>
    `transform(${of.region}, ${names}, [${regions.map(([, one]) => value(one)).join(',')}], ${value(STANDARD_PRICE)})`;
  const others = regions.filter(([, { currency }]) => currency !== 'USD').map(([name]) => quoted(name));
  const perGbS = `if(${of.architecture} = 'arm64', ${price((one) => one.arm64PerGbS)}, ${price((one) => one.x86PerGbS)})`;
  return `if(${of.memoryMb} IS NULL OR ${billedMs} IS NULL OR ${of.region} IN (${others.join(',')}), NULL,
    ${n} * ${price((one) => one.perRequest)} + ${of.memoryMb} / 1024 * ${billedMs} / 1000 * ${perGbS} * ${durationFactor(terms, fromMs, widthMs)})`;
}

export interface PricedColumns {
  readonly region: string;
  readonly memoryMb: string;
  readonly architecture: string;
}

/** What duration is multiplied by, as `factorsOf` of server/analytics/cost computes it. */
function durationFactor({ plans, tier }: PriceTerms, fromMs: string, widthMs: number): string {
  const { duration } = factorsAt({ plans: [], tier }, 0);
  const covered = plans.map(
    (plan) => `${plan.share} * greatest(0, least(${fromMs} + ${widthMs}, ${Math.min(plan.toMs, ENDLESS_MS)}) -
      greatest(${fromMs}, ${Math.max(plan.fromMs, -ENDLESS_MS)})) / ${widthMs}`,
  );
  return covered.length === 0 ? `${duration}` : `${duration} * (1 - (${covered.join(' + ')}))`;
}

/** Architecture of a version at a time, from the columns of {@link FUNCTIONS}: as `Architectures` of server/analytics/cost. */
export function architectureAt(version: string, ms: string): string {
  const published = `arrayLast(one -> one.2 = ifNull(${version}, ''), f.published).3`;
  const latest = `if(f.latest[1].1 > ${ms}, f.latest[1].2, arrayLast(one -> one.1 <= ${ms}, f.latest).2)`;
  return `multiIf(${published} != '', ${published}, notEmpty(f.latest), ${latest}, f.architecture)`;
}

/** A value behind its 13 digits of epoch ms (versioned-value.ts). */
const valueIn = (column: string, type: string): string => `JSONExtract(substring(max(${column}), 14), '${type}')`;

/** Subquery with a row for each function; `published` and `latest` are empty unless its architecture differs by version or time. */
export const FUNCTIONS = `(SELECT * FROM (
    SELECT function_id, account, region, name, max(o.named) AS named, toInt64(min(o.first_seen_ms)) AS first_seen_ms,
      toInt64(max(o.last_seen_ms)) AS last_seen_ms,
      nullIf(JSONExtract(substring(max(o.latest), 14), 1, 'Nullable(UInt32)'), 0) AS memory_mb,
      nullIf(JSONExtract(substring(max(o.latest), 14), 2, 'Nullable(String)'), '') AS version,
      ${valueIn('o.architecture', 'Nullable(String)')} AS architecture, ${valueIn('o.runtime_name', 'Nullable(String)')} AS runtime,
      ${valueIn('o.runtime', 'Nullable(String)')} AS runtime_version, ${valueIn('o.package_type', 'Nullable(String)')} AS package_type,
      ${valueIn('o.vpc', 'Nullable(Bool)')} AS vpc
    FROM lambda_function AS o GROUP BY function_id, account, region, name) AS own
  LEFT JOIN (
    SELECT function_id, arraySort(groupArrayIf((since_ms, a.architecture), version = '')) AS latest,
      arraySort(groupArrayIf((since_ms, version, a.architecture), version != '')) AS published
    FROM architecture_fact AS a FINAL GROUP BY function_id HAVING uniqExact(a.architecture) > 1) AS facts USING (function_id))`;

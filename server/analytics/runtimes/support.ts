/**
 * How long AWS supports each runtime. The dates are those of AWS's documentation ("Lambda runtimes", supported and
 * deprecated runtimes: docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html), read on 22 August 2026. AWS has postponed
 * such dates several times.
 */
import { DAY_MS } from '../../../ingest/records/time.ts';
import type { KnownRuntime } from './identifier.ts';
import { runtimeOf } from './identifier.ts';

/** Days as `YYYY-MM-DD`, UTC. Null if AWS has not scheduled the step. */
export interface RuntimeDates {
  /** End of security updates and technical support. */
  readonly deprecation: string;
  /** From this day on functions with the runtime cannot be created. */
  readonly blockCreate: string | null;
  /** From this day on code and configuration cannot be updated. Functions can still be invoked. */
  readonly blockUpdate: string | null;
}

export type RuntimePhase = 'supported' | 'ending' | 'deprecated' | 'create-blocked' | 'update-blocked';

export interface RuntimeSupport extends RuntimeDates {
  readonly phase: RuntimePhase;
}

/** AWS announces a deprecation at least this long before. */
const NOTICE_DAYS = 180;

/** INIT_START names the Java version only, and each of these has dates of its own per operating system. */
const NEEDS_INVENTORY: ReadonlySet<string> = new Set(['java8', 'java11', 'java17']);

/**
 * Returns the dates of a function's runtime and its phase at `nowMs`. Null if the runtime is unknown, AWS lists no dates for
 * it, or only the inventory could distinguish several runtimes.
 */
export function supportOf(known: KnownRuntime, nowMs: number): RuntimeSupport | null {
  const identifier = runtimeOf(known);
  if (identifier === null) return null;
  if (NEEDS_INVENTORY.has(identifier) && known.runtime !== identifier) return null;
  const dates = RUNTIMES.get(identifier);
  return dates === undefined ? null : { ...dates, phase: phaseOf(dates, nowMs) };
}

function phaseOf({ deprecation, blockCreate, blockUpdate }: RuntimeDates, nowMs: number): RuntimePhase {
  const isPast = (day: string | null): boolean => day !== null && Date.parse(day) <= nowMs;
  if (isPast(blockUpdate)) return 'update-blocked';
  if (isPast(blockCreate)) return 'create-blocked';
  if (isPast(deprecation)) return 'deprecated';
  return Date.parse(deprecation) - nowMs <= NOTICE_DAYS * DAY_MS ? 'ending' : 'supported';
}

/** Steps that AWS postponed to the same days for every runtime that was deprecated by mid-2026. */
const POSTPONED = ['2027-02-01', '2027-03-03'] as const;

/** Runtime, deprecation, block function create, block function update. */
const TABLE: readonly (readonly [string, string, string | null, string | null])[] = [
  ['nodejs24.x', '2028-04-30', '2028-06-01', '2028-07-01'],
  ['nodejs22.x', '2027-04-30', '2027-06-01', '2027-07-01'],
  ['nodejs20.x', '2026-04-30', ...POSTPONED],
  ['nodejs18.x', '2025-09-01', ...POSTPONED],
  ['nodejs16.x', '2024-06-12', ...POSTPONED],
  ['nodejs14.x', '2023-12-04', '2024-01-09', '2027-03-03'],
  ['nodejs12.x', '2023-03-31', '2023-03-31', '2023-04-30'],
  ['nodejs10.x', '2021-07-30', '2021-07-30', '2022-02-14'],
  ['nodejs8.10', '2020-03-06', '2020-02-04', '2020-03-06'],
  ['nodejs6.10', '2019-08-12', '2019-07-12', '2019-08-12'],
  ['nodejs4.3', '2020-03-05', '2020-02-03', '2020-03-05'],
  ['nodejs4.3-edge', '2020-03-05', '2019-03-31', '2019-04-30'],
  ['nodejs', '2016-08-30', '2016-09-30', '2016-10-31'],
  ['python3.14', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['python3.13', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['python3.12', '2028-10-31', '2028-11-30', '2029-01-10'],
  ['python3.11', '2027-06-30', '2027-07-31', '2027-08-31'],
  ['python3.10', '2026-10-31', ...POSTPONED],
  ['python3.9', '2025-12-15', ...POSTPONED],
  ['python3.8', '2024-10-14', ...POSTPONED],
  ['python3.7', '2023-12-04', '2024-01-09', '2027-03-03'],
  ['python3.6', '2022-07-18', '2022-07-18', '2022-08-29'],
  ['python2.7', '2021-07-15', '2021-07-15', '2022-05-30'],
  ['java25', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['java21', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['java17.al2023', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['java11.al2023', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['java8.al2023', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['java17', '2027-06-30', '2027-07-31', '2027-08-31'],
  ['java11', '2027-06-30', '2027-07-31', '2027-08-31'],
  ['java8.al2', '2027-06-30', '2027-07-31', '2027-08-31'],
  ['java8', '2024-01-08', '2024-02-08', '2027-03-03'],
  ['dotnet10', '2028-11-14', '2028-12-14', '2029-01-15'],
  ['dotnet9', '2026-11-10', null, null],
  ['dotnet8', '2026-11-10', ...POSTPONED],
  ['dotnet7', '2024-05-14', null, null],
  ['dotnet6', '2024-12-20', ...POSTPONED],
  ['dotnet5.0', '2022-05-10', null, null],
  ['dotnetcore3.1', '2023-04-03', '2023-04-03', '2023-05-03'],
  ['dotnetcore2.1', '2022-01-05', '2022-01-05', '2022-04-13'],
  ['dotnetcore2.0', '2019-05-30', '2019-04-30', '2019-05-30'],
  ['dotnetcore1.0', '2019-06-27', '2019-06-30', '2019-07-30'],
  ['ruby4.0', '2029-03-31', '2029-04-30', '2029-05-31'],
  ['ruby3.4', '2028-03-31', '2028-04-30', '2028-05-31'],
  ['ruby3.3', '2027-03-31', '2027-04-30', '2027-05-31'],
  ['ruby3.2', '2026-03-31', ...POSTPONED],
  ['ruby2.7', '2023-12-07', '2024-01-09', '2027-03-03'],
  ['ruby2.5', '2021-07-30', '2021-07-30', '2022-03-31'],
  ['go1.x', '2024-01-08', '2024-02-08', '2027-03-03'],
  ['provided.al2023', '2029-06-30', '2029-07-31', '2029-08-31'],
  ['provided.al2', '2026-07-31', ...POSTPONED],
  ['provided', '2024-01-08', '2024-02-08', '2027-03-03'],
];

const RUNTIMES: ReadonlyMap<string, RuntimeDates> = new Map(
  TABLE.map(([identifier, deprecation, blockCreate, blockUpdate]) => [
    identifier,
    { deprecation, blockCreate, blockUpdate },
  ]),
);

/** Compares what CloudWatch counts of a function with what its log lines show, part by part, and says why they differ. */
import { MINUTE_MS } from '../../../ingest/records/time.ts';

export type DifferenceReason =
  | 'not-over'
  | 'stream-delayed'
  | 'points-missing'
  | 'lines-missing'
  | 'errors-not-in-lines'
  | 'another-hour'
  | 'not-known';

export interface CountedPart {
  readonly atMs: number;
  /** Null where no point came. */
  readonly aws: number | null;
  readonly ours: number;
}

export interface ComparedPart {
  readonly atMs: number;
  readonly aws: number | null;
  readonly ours: number | null;
  /** ours / aws; null if one is unknown, or aws is 0. */
  readonly share: number | null;
  readonly reason: DifferenceReason | null;
}

export interface ComparedCounts {
  readonly aws: number | null;
  readonly ours: number | null;
  readonly share: number | null;
  readonly reasons: readonly DifferenceReason[];
  readonly parts: readonly ComparedPart[];
}

export interface CountContext {
  /** Width of the parts: an hour, or a day. */
  readonly widthMs: number;
  readonly nowMs: number;
  /** End of the newest point; null: none came. */
  readonly pointsUntilMs: number | null;
  /** Whether log lines of the function came in the range. */
  readonly hasLines: boolean;
  /** Parts (epoch ms) of which errors of some invocations cannot be told from their lines; empty for counts of invocations. */
  readonly unknownParts: ReadonlySet<number>;
  /** Parts in which lines of some invocations are missing; null for counts of invocations, which tell it themselves. */
  readonly missingParts: ReadonlySet<number> | null;
}

/** Lines and points of a time arrive up to this long after it. */
const SETTLED_MS = 10 * MINUTE_MS;

/** Parts are in order, without gaps. */
export function compareCounts(counted: readonly CountedPart[], context: CountContext): ComparedCounts {
  const hasPoints = counted.some(({ aws }) => aws !== null);
  const compared = counted.map((part, at): ComparedPart => {
    // CloudWatch sends no point for a time without an invocation.
    const aws = part.aws ?? (hasPoints && isCovered(part, context) ? 0 : null);
    const ours = context.hasLines ? part.ours : null;
    const reason = aws === null || ours === null || aws === ours ? null : reasonOf(counted, at, context);
    return { atMs: part.atMs, aws, ours, share: shareOf(aws, ours), reason };
  });
  const aws = hasPoints ? sumOf(compared.map((part) => part.aws)) : null;
  const ours = context.hasLines ? sumOf(compared.map((part) => part.ours)) : null;
  return {
    aws,
    ours,
    share: shareOf(aws, ours),
    reasons: [...new Set(compared.flatMap(({ reason }) => (reason === null ? [] : [reason])))],
    parts: compared,
  };
}

/** Whether points of later times came, so that the part had none. */
function isCovered({ atMs }: CountedPart, { pointsUntilMs, widthMs }: CountContext): boolean {
  return pointsUntilMs !== null && pointsUntilMs >= atMs + widthMs;
}

function reasonOf(parts: readonly CountedPart[], at: number, context: CountContext): DifferenceReason {
  const part = parts[at];
  if (part === undefined) return 'not-known';
  const { nowMs, pointsUntilMs, unknownParts, missingParts, widthMs } = context;
  const endMs = part.atMs + widthMs;
  if (nowMs < endMs + SETTLED_MS) return isDelayed(context) ? 'stream-delayed' : 'not-over';
  if (isEvenWith(parts[at - 1], part) || isEvenWith(parts[at + 1], part)) return 'another-hour';
  if (part.ours > (part.aws ?? 0))
    return pointsUntilMs !== null && pointsUntilMs < endMs ? 'stream-delayed' : 'points-missing';
  if (missingParts === null || missingParts.has(part.atMs)) return 'lines-missing';
  return unknownParts.has(part.atMs) ? 'errors-not-in-lines' : 'not-known';
}

function isDelayed({ nowMs, pointsUntilMs }: CountContext): boolean {
  return pointsUntilMs !== null && pointsUntilMs < nowMs - SETTLED_MS;
}

/** Whether two parts are equal together; the second is not alone. */
function isEvenWith(other: CountedPart | undefined, part: CountedPart): boolean {
  if (other === undefined || other.aws === null) return false;
  return other.aws + (part.aws ?? 0) === other.ours + part.ours;
}

function shareOf(aws: number | null, ours: number | null): number | null {
  return aws === null || ours === null || aws === 0 ? null : ours / aws;
}

function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/**
 * Pairs the function's segment of an attempt with the service's. Only the service's segment carries the request id; the
 * function's names its parent: the service's segment, or one of the "Attempt #N" subsegments of an asynchronous request.
 */

export interface Span {
  readonly name: string;
  /** Epoch nanoseconds. */
  readonly startNs: bigint;
  readonly endNs: bigint | null;
}

export interface LambdaSegment extends Span {
  readonly id: string;
  readonly parentId: string | null;
  readonly origin: string | null;
  readonly subsegments: readonly (Span & { readonly id: string })[];
}

/** Origins of the two segments that Lambda writes of an attempt. */
export const SERVICE_ORIGIN = 'AWS::Lambda';
export const FUNCTION_ORIGIN = 'AWS::Lambda::Function';

export interface PairedRun<T extends LambdaSegment> {
  /** The function's segment. */
  readonly run: T;
  /** The service's segment, null if it is not stored. */
  readonly service: T | null;
  /** Time that the service spent on this attempt; null if it cannot be separated from that of other attempts. */
  readonly attempt: Span | null;
}

/** Returns the function's segments of one trace, each with its service's segment, in any order of arrival. */
export function pairRuns<T extends LambdaSegment>(segments: readonly T[]): readonly PairedRun<T>[] {
  const byId = new Map<string, T>();
  for (const service of segments) {
    if (service.origin !== SERVICE_ORIGIN) continue;
    byId.set(service.id, service);
    for (const part of service.subsegments) if (isAttempt(part)) byId.set(part.id, service);
  }
  const pairs = segments
    .filter((run) => run.origin === FUNCTION_ORIGIN)
    .map((run) => {
      const service = run.parentId === null ? null : (byId.get(run.parentId) ?? null);
      return { run, service, attempt: service === null ? null : attemptOf(service, run) };
    });
  const runsOf = new Map<Span | null, number>();
  for (const { attempt } of pairs) runsOf.set(attempt, (runsOf.get(attempt) ?? 0) + 1);
  return pairs.map((pair) => (runsOf.get(pair.attempt) === 1 ? pair : { ...pair, attempt: null }));
}

/** The service's segment of an asynchronous request ends when the request is queued; its attempts have times of their own. */
function attemptOf<T extends LambdaSegment>(service: T, run: T): Span | null {
  const attempts = service.subsegments.filter(isAttempt);
  if (attempts.length === 0) return service;
  const named = attempts.find((one) => one.id === run.parentId);
  const around = attempts.find(
    ({ startNs, endNs }) => startNs <= run.startNs && (endNs === null || run.startNs < endNs),
  );
  return named ?? around ?? null;
}

function isAttempt({ name }: Span): boolean {
  return /^Attempt #\d+$/.test(name);
}

/**
 * When a request shows that idle environments had been terminated. Keep-alive (idle-periods.ts) and the causes of cold starts
 * (cold-starts/hour.ts) both decide by these rules, so that their counts agree.
 */

/**
 * Longest time between a request and INIT_START, ms: placement, which the lines do not show. An environment that became idle
 * within it was busy when the request arrived, so that the request says nothing about it.
 */
export const PLACEMENT_MS = 500;

/** Until when an invocation must have ended for its environment to be free for a request whose INIT_START is at `demandMs`. */
export function freeBefore(demandMs: number): number {
  return demandMs - PLACEMENT_MS;
}

/**
 * Whether a request that got a new environment shows that those which were free and are never used again had been terminated.
 * `idle`: environments of the configuration that were free then and are used again later. Requests go to an idle environment if there
 * is one; where they evidently did not, this one says nothing about the others.
 */
export function showsTermination(request: { readonly waited: boolean; readonly idle: number }): boolean {
  return request.waited && request.idle === 0;
}

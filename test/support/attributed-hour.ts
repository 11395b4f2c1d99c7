/** Hours of a function for unit tests: runs written by hand, and what attributing them gives. */
import { attributeHour } from '../../server/analytics/cold-starts/hour.ts';
import type {
  AttributedHour,
  CarriedState,
  ColdRun,
  ColdStartRun,
  EnvironmentInfo,
  EnvironmentSnapshot,
  Run,
} from '../../server/analytics/cold-starts/hour-state.ts';
import { NO_CARRIED_STATE } from '../../server/analytics/cold-starts/hour-state.ts';

export const INFO: EnvironmentInfo = {
  configuration: 'c1',
  runtime: '',
  tenant: null,
  isFirstOfTenant: false,
  initStartMs: null,
  lastEndMs: 0,
};
const COLD: ColdRun = {
  requestId: 'r',
  order: 'r',
  kind: 'on-demand',
  userFelt: true,
  seriesId: 1,
  initMs: 200,
  durationMs: 100,
  billedMs: null,
  hiddenInitMs: null,
  billedRestoreMs: null,
  initTimedOut: false,
};
export const SUPPRESSED: Partial<ColdRun> = { kind: 'suppressed', initMs: null };

/** A run of 100 ms. */
export function run(
  environmentId: number,
  startMs: number,
  cold: Partial<ColdRun> | null = null,
  over: Partial<Run> = {},
): Run {
  return { environmentId, startMs, endMs: startMs + 100, failed: false, ...over, cold: cold && { ...COLD, ...cold } };
}

export interface Given {
  readonly infos?: Readonly<Record<number, Partial<EnvironmentInfo>>>;
  readonly opening?: Partial<CarriedState>;
  readonly hourMs?: number;
}

/** Environments are last seen at the end of their last run, unless `infos` says more. */
export function attribute(runs: readonly Run[], { infos = {}, opening = {}, hourMs = 0 }: Given = {}): AttributedHour {
  const known = new Map<number, EnvironmentInfo>();
  for (const { environmentId, endMs } of runs) {
    const lastEndMs = Math.max(endMs, known.get(environmentId)?.lastEndMs ?? 0);
    known.set(environmentId, { ...INFO, lastEndMs, ...infos[environmentId] });
  }
  const inOrder = runs.toSorted((a, b) => a.startMs - b.startMs);
  const cold = inOrder.filter((one): one is ColdStartRun => one.cold !== null);
  return attributeHour(hourMs, { cold, runs: inOrder }, known, { ...NO_CARRIED_STATE, ...opening });
}

export const SNAPSHOT: EnvironmentSnapshot = {
  id: 1,
  lastEndMs: 0,
  failed: false,
  counted: false,
  countedMs: null,
  replaced: false,
  loop: 0,
  configuration: 'c1',
  runtime: '',
};

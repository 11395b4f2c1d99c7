/** The JSON of `derived_slot.cold_starts`: the cold starts of one attributed hour. */
import type { CauseEvidence } from '../../../analytics/cold-starts/cause.ts';
import { COLD_START_KINDS } from '../../../analytics/cold-starts/classify.ts';
import type { ColdStartRow } from '../../questions/attribution/types.ts';
import { checkStored } from '../../stored-json.ts';

/** A stored cold start. Its cause is computed from the idle window in use when it is read. */
export type StoredColdStart = Omit<ColdStartRow, 'cause' | 'requestId' | 'billedInitMs'> & {
  readonly requestId: string;
  /** Hours that an earlier version attributed contain only whether the init was billed. */
  readonly billedInitMs?: number | null;
  readonly initBilled?: boolean;
};

/** Names an attributed hour in reports of skipped rows. */
export function hourName(functionId: number, hourMs: number): string {
  return `derived_slot of function ${functionId} at ${hourMs}`;
}

/** Parses the cold starts of an hour. One that does not parse makes the whole row invalid: none, and a report. */
export function storedColdStarts(json: string, functionId: number, hourMs: number): readonly StoredColdStart[] {
  return checkStored(areColdStarts, json, `${hourName(functionId, hourMs)}: cold_starts`) ?? [];
}

/** Checked by hand: a page reads tens of thousands, and a schema would take half as long as JSON.parse again. */
function areColdStarts(value: unknown): value is readonly StoredColdStart[] {
  return Array.isArray(value) && value.every(isColdStart);
}

type Fields<T> = { readonly [K in keyof T]?: unknown };

function isColdStart(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const one: Fields<StoredColdStart> = value;
  return (
    typeof one.endMs === 'number' &&
    typeof one.requestId === 'string' &&
    typeof one.environmentId === 'number' &&
    typeof one.seriesId === 'number' &&
    typeof one.atMs === 'number' &&
    KINDS.has(one.kind) &&
    typeof one.userFelt === 'boolean' &&
    isNumberOrNull(one.initMs) &&
    (one.billedInitMs === undefined || isNumberOrNull(one.billedInitMs)) &&
    (one.initBilled === undefined || typeof one.initBilled === 'boolean') &&
    typeof one.durationMs === 'number' &&
    typeof one.failed === 'boolean' &&
    isNumberOrNull(one.platformMs) &&
    typeof one.loop === 'number' &&
    isEvidence(one.evidence)
  );
}

function isEvidence(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const one: Fields<CauseEvidence> = value;
  return (
    KINDS.has(one.kind) &&
    CHANGES.has(one.change) &&
    typeof one.firstOfChange === 'boolean' &&
    isNumberOrNull(one.replacedIdleMs) &&
    (one.changeKnown === undefined || typeof one.changeKnown === 'boolean') &&
    // Absent in hours that an earlier version attributed.
    (one.initTimedOut === undefined || typeof one.initTimedOut === 'boolean') &&
    typeof one.previousFailed === 'boolean' &&
    isNumberOrNull(one.proactiveGapMs) &&
    typeof one.busy === 'number' &&
    typeof one.idle === 'number' &&
    (one.gone === undefined || typeof one.gone === 'number') &&
    isNumberOrNull(one.goneIdleMs) &&
    typeof one.goneFailed === 'boolean' &&
    (one.newTenant === undefined || typeof one.newTenant === 'boolean') &&
    typeof one.firstOnRecord === 'boolean'
  );
}

const KINDS: ReadonlySet<unknown> = new Set(COLD_START_KINDS);
const CHANGES: ReadonlySet<unknown> = new Set(['deploy', 'runtime-patch', null]);

function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === 'number';
}

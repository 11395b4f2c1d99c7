/** What would spare callers most of the cold starts that they wait for. */
import type { Cause } from './cause.ts';
import type { ColdStartKind } from './classify.ts';

export interface ColdStartEvidence {
  readonly coldStarts: number;
  /** Cold starts whose cause is determined, by cause. */
  readonly byCause: readonly { readonly cause: Cause; readonly n: number }[];
  readonly kinds: readonly ColdStartKind[];
  /** Upper end of the 95 % interval of the share of callers that waited; null if it is not known. */
  readonly feltHigh: number | null;
  /** Median init on demand; null without one. */
  readonly initMs: number | null;
  /** Identifier of AWS, such as `python3.13`. */
  readonly runtime: string | null;
  /** Of the inventory; null is not known. */
  readonly packageType: string | null;
  readonly ephemeralStorageMb: number | null;
  readonly snapStart: boolean | null;
  readonly provisionedConcurrency: number | null;
}

type AdviceCode =
  | 'fix-failures'
  | 'shorten-init-timeout'
  | 'quieter-releases'
  | 'provisioned'
  | 'snap-start'
  | 'shorten-init';
type NoAdviceCode =
  | 'no-cold-starts'
  | 'few-attributed'
  | 'not-felt'
  | 'rare'
  | 'runtime-patches'
  | 'restores'
  | 'unknown-causes'
  | 'init-unknown'
  | 'init-short';

export interface AdviceParameters {
  /** Of the cold starts that callers waited for and whose cause is determined, those that the advice is about. */
  readonly share: number | null;
  /** Cold starts that callers waited for and whose cause is determined. */
  readonly n: number;
  readonly initMs: number | null;
  readonly runtime: string | null;
}

export interface ColdStartAdvice {
  readonly advice: { readonly code: AdviceCode; readonly parameters: AdviceParameters } | null;
  /** Why there is no advice; null with one. */
  readonly reason: { readonly code: NoAdviceCode; readonly parameters: AdviceParameters } | null;
}

/** With fewer, shares by cause say little. */
const MIN_ATTRIBUTED = 10;
/** Below this share of callers not even their 99.9th percentile contains a cold start. */
const RARE = 0.001;
/** An init below this is hardly felt, and little can be saved of it. */
const SHORT_INIT_MS = 100;
/** A restore takes some hundred milliseconds itself: SnapStart gains where an init takes longer than that for certain. */
const SNAP_START_INIT_MS = 1000;
/** https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html: no container images, and at most this much of /tmp. */
const SNAP_START_STORAGE_MB = 512;

type Group = 'warmth' | 'failures' | 'init-timeouts' | 'changes' | 'patches' | 'restores' | 'unknown';

/** Null: no caller waits for it. */
const GROUPS: Readonly<Record<Cause, Group | null>> = {
  provisioned: null,
  proactive: null,
  'scale-out': 'warmth',
  'idle-expiry': 'warmth',
  recycle: 'warmth',
  'new-tenant': 'warmth',
  crash: 'failures',
  'init-timeout': 'init-timeouts',
  deploy: 'changes',
  'runtime-patch': 'patches',
  'snap-start': 'restores',
  unknown: 'unknown',
};

/** Advises on the largest group of causes. Nothing is advised that may make users wait longer or leave a risk open. */
export function adviseColdStarts(evidence: ColdStartEvidence): ColdStartAdvice {
  const { initMs, runtime, feltHigh } = evidence;
  const groups = groupsOf(evidence);
  const n = [...groups.values()].reduce((sum, one) => sum + one, 0);
  const none: readonly [Group, number] = ['unknown', 0];
  const [largest, most] = [...groups].reduce((best, one) => (one[1] > best[1] ? one : best), none);
  const parameters = { share: n === 0 ? null : most / n, n, initMs, runtime };
  const advise = (code: AdviceCode): ColdStartAdvice => ({ advice: { code, parameters }, reason: null });
  const refuse = (code: NoAdviceCode): ColdStartAdvice => ({ advice: null, reason: { code, parameters } });
  if (evidence.coldStarts === 0) return refuse('no-cold-starts');
  if (n === 0 && evidence.byCause.length > 0) return refuse('not-felt');
  if (feltHigh !== null && feltHigh < RARE) return refuse('rare');
  if (n < MIN_ATTRIBUTED) return refuse('few-attributed');
  switch (largest) {
    case 'failures':
      return advise('fix-failures');
    case 'init-timeouts':
      return advise('shorten-init-timeout');
    case 'changes':
      return advise('quieter-releases');
    case 'patches':
      return refuse('runtime-patches');
    case 'restores':
      return refuse('restores');
    case 'unknown':
      return refuse('unknown-causes');
    case 'warmth':
      if (isProvisioned(evidence)) return advise('provisioned');
      if (initMs === null) return refuse('init-unknown');
      if (initMs >= SNAP_START_INIT_MS && canSnapStart(evidence)) return advise('snap-start');
      return initMs < SHORT_INIT_MS ? refuse('init-short') : advise('shorten-init');
  }
}

function groupsOf({ byCause }: ColdStartEvidence): ReadonlyMap<Group, number> {
  const groups = new Map<Group, number>();
  for (const { cause, n } of byCause) {
    const group = GROUPS[cause];
    if (group !== null) groups.set(group, (groups.get(group) ?? 0) + n);
  }
  return groups;
}

function isProvisioned({ kinds, provisionedConcurrency }: ColdStartEvidence): boolean {
  return kinds.includes('provisioned') || (provisionedConcurrency ?? 0) > 0;
}

/** As far as is known: a function may also mount a file system, which the inventory does not say. */
function canSnapStart({ runtime, kinds, packageType, ephemeralStorageMb, snapStart }: ColdStartEvidence): boolean {
  if (snapStart === true || kinds.includes('snap-start') || kinds.includes('managed-instance')) return false;
  if (packageType === 'Image' || (ephemeralStorageMb ?? 0) > SNAP_START_STORAGE_MB) return false;
  const [, language, major, minor] =
    /^(java|python|dotnet)(\d{1,2})(?:\.(\d{1,2}))?(?:\.al\d+)?$/.exec(runtime ?? '') ?? [];
  const version = Number(major);
  if (language === 'java') return version >= 11;
  if (language === 'dotnet') return version >= 8;
  return language === 'python' && version === 3 && Number(minor ?? 0) >= 12;
}

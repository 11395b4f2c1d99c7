/** Deployments as pipelines and people reported them, and the changes that they explain. */
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import { globMatches } from '../../../ingest/text/glob.ts';
import { functionIdOf } from '../../storage/function-id.ts';
import type { DeployMarker, FunctionIdentity } from '../../storage/ports.ts';
import type { ReportedDeploy } from '../contract/markers.ts';

/** Longest time from a report to the first line of what was deployed, if nothing but the time connects them. */
const SOON_MS = HOUR_MS;
/** The same where both name the version. */
export const LATEST_MS = 7 * DAY_MS;
/** A pipeline may report a deployment after the function ran already. */
export const AFTERWARDS_MS = 10 * MINUTE_MS;
/** What is not published has no number. */
const LATEST = '$LATEST';
/** Characters by which people know a commit. */
const SHORT_COMMIT = 7;

type Named = Pick<FunctionIdentity, 'account' | 'region' | 'name'>;

/** Whether the marker concerns the function. */
export function namesFunction({ functions }: DeployMarker, owner: Named): boolean {
  if (functions.length === 0) return true;
  const id = functionIdOf(owner);
  return functions.some((pattern) => globMatches(pattern, owner.name) || globMatches(pattern, id));
}

/**
 * What was reported of a change: the newest marker of the function with the published version that it changed to, in the week before
 * it, or else the newest in the hour before it, unless that names another version. Null if there is none.
 * @param markers newest first
 */
export function deployOf(
  markers: readonly DeployMarker[],
  change: { readonly identity: Named; readonly atMs: number; readonly version: string | null },
): DeployMarker | null {
  const own = markers.filter(
    (marker) => marker.atMs <= change.atMs + AFTERWARDS_MS && namesFunction(marker, change.identity),
  );
  const { version, atMs } = change;
  const isPublished = version !== null && version !== LATEST;
  const named = own.find((marker) => isPublished && marker.version === version && marker.atMs >= atMs - LATEST_MS);
  const soon = own.find((marker) => !(isPublished && marker.version !== null) && marker.atMs >= atMs - SOON_MS);
  return named ?? soon ?? null;
}

/** As the API answers it. */
export function deployView({ atMs, functions, ...marker }: DeployMarker): ReportedDeploy {
  return { ...marker, at: iso(atMs), functions: [...functions] };
}

/** In a few words: what the sender called it, or the version and the commit. */
export function markerLabel({ label, version, commit }: DeployMarker): string {
  if (label !== null) return label;
  const what = version === null ? 'deployment' : `version ${version}`;
  return commit === null ? what : `${what} (${commit.slice(0, SHORT_COMMIT)})`;
}

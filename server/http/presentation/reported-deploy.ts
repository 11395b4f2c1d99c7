/** Deployments as pipelines and people reported them, and the changes that they explain. */
import { DAY_MS, HOUR_MS, iso, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { DeployMarker } from '../../storage/ports.ts';
import type { NamedFunction } from '../../storage/questions/markers/result.ts';
import { namesFunction } from '../../storage/questions/markers/result.ts';
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

/**
 * What was reported of a change: the marker of the function that is nearest to it in time, with the published version that it changed
 * to, in the week before it and up to ten minutes after it, or else in the hour before it, unless that names another version. Null if
 * there is none.
 * @param markers newest first
 */
export function deployOf(
  markers: readonly DeployMarker[],
  change: { readonly identity: NamedFunction; readonly atMs: number; readonly version: string | null },
): DeployMarker | null {
  const { version, atMs } = change;
  const isPublished = version !== null && version !== LATEST;
  const isNamed = (marker: DeployMarker): boolean => isPublished && marker.version === version;
  const isSoon = (marker: DeployMarker): boolean =>
    marker.atMs >= atMs - SOON_MS && !(isPublished && marker.version !== null);
  // Times first: names are patterns, and there may be thousands of markers.
  const near = markers
    .filter((marker) => marker.atMs <= atMs + AFTERWARDS_MS && marker.atMs >= atMs - LATEST_MS)
    .filter((marker) => isNamed(marker) || isSoon(marker))
    .toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs));
  const own = (accepts: (marker: DeployMarker) => boolean): DeployMarker | null =>
    near.find((marker) => accepts(marker) && namesFunction(marker, change.identity)) ?? null;
  return own(isNamed) ?? own(isSoon);
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

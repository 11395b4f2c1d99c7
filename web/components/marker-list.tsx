import { plural } from '../../ingest/text/quantities.ts';
import { MARKER_SIGNS } from '../charts/markers.ts';
import { time } from '../format.ts';
import { hrefTo } from '../state/location.ts';
import type { Marker } from '../state/markers.ts';
import { useView } from '../state/view.ts';

const NOUNS: Readonly<Record<Marker['kind'], string>> = {
  deploy: 'deploy',
  memory: 'memory change',
  'runtime-patch': 'runtime patch',
  configuration: 'configuration change',
  alert: 'alert',
  'ingest-gap': 'ingest gap',
};
const MAX_LISTED = 50;

/** Lists the markers of a time chart, with times and links. */
export function MarkerList({ markers }: { readonly markers: readonly Marker[] }) {
  const { zone } = useView();
  // Reserves the line, so that nothing moves once the markers have loaded.
  if (markers.length === 0) return <div class="markers" />;
  const kinds = (Object.keys(NOUNS) as Marker['kind'][]).flatMap((kind) => {
    const n = markers.filter((marker) => marker.kind === kind).length;
    return n === 0 ? [] : [`${MARKER_SIGNS[kind]} ${countOf(n, kind)}`];
  });
  return (
    <details class="markers small soft">
      <summary>{kinds.join(' · ')}</summary>
      <ul>
        {markers.slice(-MAX_LISTED).map((marker) => (
          <li>
            <span class="mono">{time(marker.x, zone)}</span>
            {marker.until !== null && <span class="mono"> – {time(marker.until, zone)}</span>}{' '}
            {marker.function === null ? (
              marker.label
            ) : (
              <a href={hrefTo(`/functions/${encodeURIComponent(marker.function.id)}`, { tab: 'changes' })}>
                {marker.label}
              </a>
            )}
          </li>
        ))}
      </ul>
      {markers.length > MAX_LISTED && <p>Only the newest {MAX_LISTED} are listed.</p>}
    </details>
  );
}

function countOf(n: number, kind: Marker['kind']): string {
  if (kind === 'runtime-patch') return n === 1 ? '1 runtime patch' : `${n} runtime patches`;
  return plural(n, NOUNS[kind]);
}

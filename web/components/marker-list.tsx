/** The marks of a time chart in words: what the dashed lines are, and when. */
import { MARKER_SIGNS } from '../charts/markers.ts';
import { plural, time } from '../format.ts';
import { hrefTo } from '../state/location.ts';
import type { Marker } from '../state/markers.ts';
import { useView } from '../state/view.ts';

const NOUNS: Readonly<Record<Marker['kind'], string>> = {
  deploy: 'deploy',
  memory: 'memory change',
  'runtime-patch': 'runtime patch',
  configuration: 'configuration change',
  alert: 'alert',
  'ingest-gap': 'gap in ingest',
};
const MOST = 50;

export function MarkerList({ markers }: { readonly markers: readonly Marker[] }) {
  const { zone } = useView();
  // Its line is there before the marks are: nothing moves when they come.
  if (markers.length === 0) return <div class="marks" />;
  const kinds = (Object.keys(NOUNS) as Marker['kind'][]).flatMap((kind) => {
    const n = markers.filter((marker) => marker.kind === kind).length;
    return n === 0 ? [] : [`${MARKER_SIGNS[kind]} ${wordsOf(n, kind)}`];
  });
  return (
    <details class="marks small soft">
      <summary>{kinds.join(' · ')}</summary>
      <ul>
        {markers.slice(-MOST).map((marker) => (
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
      {markers.length > MOST && <p>The newest {MOST} are listed.</p>}
    </details>
  );
}

function wordsOf(n: number, kind: Marker['kind']): string {
  if (kind === 'runtime-patch') return n === 1 ? '1 runtime patch' : `${n} runtime patches`;
  return kind === 'ingest-gap' && n > 1 ? `${n} gaps in ingest` : plural(n, NOUNS[kind]);
}

import { MARKER_SIGNS } from '../charts/markers.ts';
import { time } from '../format.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import { hrefTo } from '../state/location.ts';
import type { Marker } from '../state/markers.ts';
import { useView } from '../state/view.ts';

const COUNTS: Readonly<Record<Marker['kind'], Message>> = {
  deploy: message('{n, plural, one {# deploy} other {# deploys}}'),
  memory: message('{n, plural, one {# memory change} other {# memory changes}}'),
  'runtime-patch': message('{n, plural, one {# runtime patch} other {# runtime patches}}'),
  configuration: message('{n, plural, one {# configuration change} other {# configuration changes}}'),
  alert: message('{n, plural, one {# alert} other {# alerts}}'),
  'ingest-gap': message('{n, plural, one {# ingest gap} other {# ingest gaps}}'),
};
const MAX_LISTED = 50;

/** Lists the markers of a time chart, with times and links. */
export function MarkerList({ markers }: { readonly markers: readonly Marker[] }) {
  const { zone } = useView();
  // Reserves the line, so that nothing moves once the markers have loaded.
  if (markers.length === 0) return <div class="markers" />;
  const kinds = (Object.keys(COUNTS) as Marker['kind'][]).flatMap((kind) => {
    const n = markers.filter((marker) => marker.kind === kind).length;
    return n === 0 ? [] : [`${MARKER_SIGNS[kind]} ${translated(COUNTS[kind], { n })}`];
  });
  return (
    <details class="markers small soft">
      <summary>{kinds.join(' · ')}</summary>
      <ul>
        {markers.slice(-MAX_LISTED).map((marker) => (
          <li>
            <span class="mono">{time(marker.x, zone)}</span>
            {marker.until !== null && <span class="mono"> – {time(marker.until, zone)}</span>}{' '}
            <MarkerLabel marker={marker} />
          </li>
        ))}
      </ul>
      {markers.length > MAX_LISTED && <p>{t('Only the newest {n} are listed.', { n: String(MAX_LISTED) })}</p>}
    </details>
  );
}

function MarkerLabel({ marker: { function: owner, url, label } }: { readonly marker: Marker }) {
  if (owner !== null)
    return <a href={hrefTo(`/functions/${encodeURIComponent(owner.id)}`, { tab: 'changes' })}>{label}</a>;
  if (url === null) return <>{label}</>;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}

import { ChevronLeft, ChevronRight, Clock, RefreshCw } from 'lucide-preact';
import { refreshAll } from '../api/use-query.ts';
import { t } from '../i18n/translate.ts';
import { setSearchParams } from '../state/location.ts';
import type { Range } from '../state/range.ts';
import { boundsOf, lastText, lengthText, rangeLabel, rangeOf, refreshMsOf, shifted } from '../state/range.ts';
import { zoneName, zoneOf } from '../state/zone.ts';
import { Loaded } from './loaded.tsx';
import { Popover } from './popover.tsx';

/** One button with the time range and zone of the page; its box changes them. Before and after it: earlier, later. */
export function TimeControl({ query }: { readonly query: URLSearchParams }) {
  const range = rangeOf(query);
  const zone = zoneOf(query);
  const shift = (direction: -1 | 1): void => setSearchParams(shifted(range, direction, Date.now()));
  return (
    <div class="time-control">
      <button
        type="button"
        class="icon wide-only"
        onClick={() => shift(-1)}
        aria-label={t('Earlier')}
        title={t('Earlier ( [ )')}
      >
        <ChevronLeft size={16} />
      </button>
      <Popover
        id="range"
        label={t('Time range')}
        title={t('Time range ( t )')}
        button={
          <>
            <Clock size={15} />
            <span class="range-label">{rangeLabel(range, zone)}</span>{' '}
            {lastText(range) === null && <span class="range-length soft">{lengthOf(range)}</span>}{' '}
            <span class="range-zone soft">{zoneName(zone)}</span>
          </>
        }
      >
        {(close) => (
          <Loaded from={async () => (await import('./time-picker.tsx')).TimePicker} props={{ query, close }} />
        )}
      </Popover>
      <button
        type="button"
        class="icon wide-only"
        onClick={() => shift(1)}
        aria-label={t('Later')}
        title={t('Later ( ] )')}
      >
        <ChevronRight size={16} />
      </button>
    </div>
  );
}

function lengthOf(range: Range): string {
  const { fromMs, endMs } = boundsOf(range, Date.now());
  return lengthText(endMs - fromMs);
}

/** Refreshes now; while the page refreshes by itself, it says how often. */
export function RefreshButton({ query }: { readonly query: URLSearchParams }) {
  const everyMs = rangeOf(query).relative ? refreshMsOf(query) : 0;
  return (
    <button
      type="button"
      class={everyMs === 0 ? 'icon plain' : 'plain'}
      aria-label={t('Refresh now')}
      title={t('Refresh ( r )')}
      onClick={refreshAll}
    >
      <RefreshCw size={16} />
      {everyMs > 0 && <span class="small">{lengthText(everyMs)}</span>}
    </button>
  );
}

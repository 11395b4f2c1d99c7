import { setSearchParams } from '../state/location.ts';
import { PRESETS, REFRESH_INTERVALS, rangeLabel, rangeOf, shifted } from '../state/range.ts';

/** Chooses time range, time zone and auto-refresh; all of them live in the URL. */
export function RangeControls({ query }: { readonly query: URLSearchParams }) {
  const range = rangeOf(query);
  const zone = query.get('tz') === 'local' ? 'local' : 'utc';
  const shift = (direction: -1 | 1): void => setSearchParams(shifted(range, direction, Date.now()));
  const preset = range.to === 'now' && PRESETS.some(([from]) => from === range.from);
  return (
    <div class="controls">
      <button type="button" onClick={() => shift(-1)} aria-label="Earlier" title="Earlier ( [ )">
        ←
      </button>
      <select
        id="range"
        aria-label="Time range"
        value={preset ? range.from : 'custom'}
        onChange={(event) =>
          setSearchParams({
            from: event.currentTarget.value === 'custom' ? range.from : event.currentTarget.value,
            to: null,
          })
        }
      >
        {!preset && <option value="custom">{rangeLabel(range)}</option>}
        {PRESETS.map(([from, label]) => (
          <option value={from}>{label}</option>
        ))}
      </select>
      <button type="button" onClick={() => shift(1)} aria-label="Later" title="Later ( ] )">
        →
      </button>
      <button
        type="button"
        onClick={() => setSearchParams({ tz: zone === 'utc' ? 'local' : null })}
        title="Switch between UTC and local time"
      >
        {zone === 'utc' ? 'UTC' : 'Local'}
      </button>
      <label class="small soft">
        <span class="visually-hidden">Refresh</span>
        <span aria-hidden="true">⟳</span>{' '}
        <select
          value={query.get('refresh') ?? ''}
          disabled={!range.relative}
          title={range.relative ? 'Auto-refresh' : 'Auto-refresh needs a relative time range'}
          onChange={(event) => setSearchParams({ refresh: event.currentTarget.value })}
        >
          {REFRESH_INTERVALS.map(([value, label]) => (
            <option value={value}>{label}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

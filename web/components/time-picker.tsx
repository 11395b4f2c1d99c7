/** The box of the time control: exact bounds, presets, own bounds, words, zone and refresh. All of it lives in the URL. */

import { ChevronLeft, ChevronRight, ZoomOut } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { useNow } from '../state/clock.ts';
import { fieldMs, fieldText } from '../state/date-time-field.ts';
import { setSearchParams } from '../state/location.ts';
import type { Range } from '../state/range.ts';
import {
  boundsOf,
  clockText,
  lastText,
  lengthText,
  PRESETS,
  REFRESH_INTERVALS,
  rangeLabel,
  rangeOf,
  shifted,
  zoomedOut,
} from '../state/range.ts';
import type { ReadRange } from '../state/time-text.ts';
import type { Zone } from '../state/zone.ts';
import { rememberZone, zoneName, zoneNames, zoneOf } from '../state/zone.ts';
import { Dated } from './dated.tsx';

interface TimePickerProps {
  readonly query: URLSearchParams;
  readonly close: () => void;
}

export function TimePicker({ query, close }: TimePickerProps) {
  const range = rangeOf(query);
  const zone = zoneOf(query);
  const choose = (from: string, to: string | null): void => {
    setSearchParams({ from, to });
    close();
  };
  const move = (next: { from: string; to: string }): void => setSearchParams(next);
  return (
    <div class="time-picker">
      <ExactBounds range={range} zone={zone} />
      <div class="controls">
        <button type="button" onClick={() => move(shifted(range, -1, Date.now()))}>
          <ChevronLeft size={16} /> {t('Earlier')}
        </button>
        <button type="button" onClick={() => move(shifted(range, 1, Date.now()))}>
          {t('Later')} <ChevronRight size={16} />
        </button>
        <button type="button" onClick={() => move(zoomedOut(range, Date.now()))} title={t('Twice as long ( z )')}>
          <ZoomOut size={16} /> {t('Zoom out')}
        </button>
      </div>
      <RangeText zone={zone} choose={choose} />
      <fieldset class="presets">
        <legend>{t('Until now')}</legend>
        {PRESETS.map((from) => (
          <button
            type="button"
            class="preset"
            aria-pressed={range.from === from && range.to === 'now'}
            onClick={() => choose(from, null)}
          >
            {lastText({ from, to: 'now', relative: true })}
          </button>
        ))}
      </fieldset>
      <OwnBounds key={`${range.from} ${range.to} ${zone}`} range={range} zone={zone} choose={choose} />
      <label class="check">
        <input
          type="checkbox"
          checked={query.get('previous') === '1'}
          onChange={(event) => setSearchParams({ previous: event.currentTarget.checked ? '1' : null })}
        />{' '}
        {t('Show the period before in charts')}
      </label>
      <div class="fields">
        <ZoneField zone={zone} />
        <label>
          {t('Auto-refresh')}
          <select
            value={query.get('refresh') ?? ''}
            disabled={!range.relative}
            title={range.relative ? '' : t('Auto-refresh needs a range that ends now')}
            onChange={(event) => setSearchParams({ refresh: event.currentTarget.value })}
          >
            {REFRESH_INTERVALS.map(([value, everyMs]) => (
              <option value={value}>{everyMs === 0 ? t('Off') : lengthText(everyMs)}</option>
            ))}
          </select>
        </label>
      </div>
    </div>
  );
}

/** Both ends to the second: what "Last 24 hours" is at this moment. */
function ExactBounds({ range, zone }: { readonly range: Range; readonly zone: Zone }) {
  const { fromMs, endMs } = boundsOf(range, useNow());
  return (
    <p class="exact">
      {range.relative && <strong>{rangeLabel(range, zone)}</strong>}{' '}
      <span class="mono">
        <Dated text={`${clockText(fromMs, zone)} – ${clockText(endMs, zone)}`} />
      </span>{' '}
      <span class="soft">
        {lengthText(endMs - fromMs)}, {zoneName(zone)}
      </span>
    </p>
  );
}

interface ChooseProps {
  readonly zone: Zone;
  readonly choose: (from: string, to: string) => void;
}

/** A range in words; what is understood is shown while somebody writes. */
function RangeText({ zone, choose }: ChooseProps) {
  const [text, setText] = useState('');
  const [result, setResult] = useState<ReadRange | null>(null);
  useEffect(() => {
    if (text.trim() === '') {
      setResult(null);
      return;
    }
    let current = true;
    import('../state/time-text.ts').then(
      ({ readRange }) => {
        if (current) setResult(readRange(text, zone, Date.now()));
      },
      () => {
        if (current) setResult({ ok: false, reason: t('The reader of times could not be loaded. Reload the page.') });
      },
    );
    return () => {
      current = false;
    };
  }, [text, zone]);
  return (
    <form
      class="range-text"
      onSubmit={(event) => {
        event.preventDefault();
        if (result?.ok === true) choose(result.from, result.to);
      }}
    >
      <label>
        {t('In words')}
        <input
          id="range-text"
          value={text}
          autocomplete="off"
          lang="en"
          placeholder="yesterday, last monday 9:00–12:00, 3h"
          aria-describedby="range-text-result"
          aria-invalid={result?.ok === false}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" disabled={result?.ok !== true}>
        {t('Apply')}
      </button>
      <p id="range-text-result" class={result?.ok === false ? 'small problem' : 'small soft'} role="status">
        {result === null ? t('Press Enter to apply.') : result.ok ? understood(result, zone) : result.reason}
      </p>
    </form>
  );
}

function understood(range: { readonly from: string; readonly to: string }, zone: Zone): string {
  const { fromMs, endMs } = boundsOf({ ...range, relative: false }, Date.now());
  return `${clockText(fromMs, zone)} – ${clockText(endMs, zone)}, ${lengthText(endMs - fromMs)}`;
}

/** Both ends in fields with a calendar, as the zone's clocks show them. */
function OwnBounds({ range, zone, choose }: ChooseProps & { readonly range: Range }) {
  const bounds = boundsOf(range, Date.now());
  const [from, setFrom] = useState(fieldText(bounds.fromMs, zone));
  const [to, setTo] = useState(fieldText(bounds.endMs, zone));
  const [fromMs, endMs] = [fieldMs(from, zone), fieldMs(to, zone)];
  const inOrder = fromMs !== null && endMs !== null && fromMs < endMs;
  const fields = [
    [t('From'), from, setFrom],
    [t('To'), to, setTo],
  ] as const;
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (inOrder) choose(new Date(fromMs).toISOString(), new Date(endMs).toISOString());
      }}
    >
      {fields.map(([label, value, set]) => (
        <label>
          {label}
          <input type="datetime-local" value={value} onInput={(event) => set(event.currentTarget.value)} />
        </label>
      ))}
      <button type="submit" disabled={!inOrder}>
        {t('Apply range')}
      </button>
    </form>
  );
}

function ZoneField({ zone }: { readonly zone: Zone }) {
  const choose = (next: Zone): void => {
    rememberZone(next);
    setSearchParams({ tz: next }, true);
  };
  return (
    <label>
      {t('Time zone')}
      <select value={zone} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="utc">UTC</option>
        <option value="local">{zoneName('local')}</option>
        {zoneNames().map((name) => (
          <option value={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

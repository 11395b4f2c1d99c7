/** Chooses the function, and what the time range is compared with: an earlier time, around a change, or bounds of one's own. */

import { useState } from 'preact/hooks';
import type { FunctionsAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { count, visible } from '../../format.ts';
import { markerLabel } from '../../i18n/change.ts';
import { listText } from '../../i18n/lists.ts';
import { t, translated } from '../../i18n/translate.ts';
import { fieldMs, fieldText } from '../../state/date-time-field.ts';
import { setSearchParams } from '../../state/location.ts';
import { clockText } from '../../state/range.ts';
import type { Zone } from '../../state/zone.ts';
import type { Bounds, Periods } from './periods.ts';
import { CUSTOM, EARLIER, periodText } from './periods.ts';

interface ControlsProps {
  readonly functions: FunctionsAnswer | null;
  /** Id of the function, or "". */
  readonly chosen: string;
  readonly periods: Periods;
  readonly zone: Zone;
}

export function PeriodControls({ functions, chosen, periods, zone }: ControlsProps) {
  const items = functions?.items ?? [];
  const isListed = chosen === '' || items.some(({ id }) => id === chosen);
  return (
    <section class="panel" aria-label={t('Function and periods')}>
      <div class="fields">
        <label>
          {t('Function')}
          <select
            value={chosen}
            onChange={(event) => setSearchParams({ function: event.currentTarget.value, with: null })}
          >
            <option value="">{t('Choose a function')}</option>
            {!isListed && <option value={chosen}>{chosen}</option>}
            {items
              .toSorted((a, b) => a.name.localeCompare(b.name))
              .map((one) => (
                <option value={one.id}>{one.name}</option>
              ))}
          </select>
        </label>
        {chosen !== '' && <AgainstField chosen={chosen} periods={periods} zone={zone} />}
      </div>
      {(functions?.omitted ?? 0) > 0 && (
        <p class="soft small">
          {t(
            'Only the {n} functions with the most invocations can be chosen; function=NAME in the address selects any other.',
            { n: count(items.length) },
          )}
        </p>
      )}
      {periods.by === CUSTOM && (
        <OwnPeriods key={`${periodText(periods.before)} ${zone}`} periods={periods} zone={zone} />
      )}
    </section>
  );
}

/** Kinds of markers that are changes of the function. */
const CHANGES: readonly string[] = ['deploy', 'memory', 'runtime-patch', 'configuration'];

function AgainstField({ chosen, periods, zone }: Omit<ControlsProps, 'functions'>) {
  const markers = useQuery('listMarkers', { query: { from: 'now-30d', to: 'now', function: chosen } });
  const known = (markers.data?.items ?? [])
    .filter(({ kind }) => CHANGES.includes(kind))
    .toReversed()
    .map(
      (one) => [new Date(one.at).toISOString(), listText([clock(one.at, zone), visible(markerLabel(one))])] as const,
    );
  const isKnown = known.some(([at]) => at === periods.by);
  const isChange = ![CUSTOM, ...EARLIER.map(([by]) => by)].includes(periods.by);
  const choose = (by: string): void => {
    const own = { before: periodText(periods.before), after: periodText(periods.after) };
    setSearchParams(by === CUSTOM ? { with: null, ...own } : { with: by, before: null, after: null });
  };
  return (
    <label>
      {t('Compare with')}
      <select value={periods.by} onChange={(event) => choose(event.currentTarget.value)}>
        <optgroup label={t('The time range with')}>
          {EARLIER.map(([by, label]) => (
            <option value={by}>{translated(label)}</option>
          ))}
        </optgroup>
        {(known.length > 0 || isChange) && (
          <optgroup label={t('Before and after a change')}>
            {isChange && !isKnown && <option value={periods.by}>{clock(periods.by, zone)}</option>}
            {known.map(([at, label]) => (
              <option value={at}>{label}</option>
            ))}
          </optgroup>
        )}
        <optgroup label={t('Other periods')}>
          <option value={CUSTOM}>{t('choose both periods')}</option>
        </optgroup>
      </select>
    </label>
  );
}

/** `2026-11-21 03:04`. */
function clock(at: string, zone: Zone): string {
  return clockText(Date.parse(at), zone).slice(0, 16);
}

function OwnPeriods({ periods, zone }: Pick<ControlsProps, 'periods' | 'zone'>) {
  const textsOf = ({ fromMs, toMs }: Bounds) => ({ from: fieldText(fromMs, zone), to: fieldText(toMs, zone) });
  const [before, setBefore] = useState(textsOf(periods.before));
  const [after, setAfter] = useState(textsOf(periods.after));
  const [first, second] = [boundsOf(before, zone), boundsOf(after, zone)];
  const rows = [
    { texts: before, set: setBefore, labels: { from: t('Before from'), to: t('Before to') } },
    { texts: after, set: setAfter, labels: { from: t('After from'), to: t('After to') } },
  ];
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        if (first !== null && second !== null)
          setSearchParams({ before: periodText(first), after: periodText(second) });
      }}
    >
      {rows.flatMap(({ texts, set, labels }) =>
        (['from', 'to'] as const).map((end) => (
          <label>
            {labels[end]}
            <input
              type="datetime-local"
              value={texts[end]}
              onInput={(event) => set({ ...texts, [end]: event.currentTarget.value })}
            />
          </label>
        )),
      )}
      <button type="submit" disabled={first === null || second === null}>
        {t('Compare')}
      </button>
      <button type="button" onClick={() => setSearchParams({ before: null, after: null })}>
        {t('Reset periods')}
      </button>
    </form>
  );
}

/** Null unless both ends are there and in order. */
function boundsOf({ from, to }: { readonly from: string; readonly to: string }, zone: Zone): Bounds | null {
  const [fromMs, toMs] = [fieldMs(from, zone), fieldMs(to, zone)];
  return fromMs === null || toMs === null || fromMs >= toMs ? null : { fromMs, toMs };
}

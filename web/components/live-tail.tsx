import { ArrowUp } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { count } from '../format.ts';
import { message, t, translated } from '../i18n/translate.ts';
import type { LiveFilter } from '../state/live-invocations.ts';
import { useLiveInvocations } from '../state/live-invocations.ts';
import { InvocationTable } from './invocation-table.tsx';

const STATES = {
  connecting: message('connecting …'),
  open: message('connected'),
  broken: message('connection lost, retrying …'),
} as const;

/** Lists invocations as they are stored. New ones are held back behind a button, so that rows do not move while read. */
export function LiveTail({ path, filter }: { readonly path: string; readonly filter: LiveFilter }) {
  const live = useLiveInvocations(path, filter);
  const empty = live.rows.length === 0;
  // Nothing can move in an empty list.
  useEffect(() => {
    if (empty && live.waiting > 0) live.show();
  }, [empty, live.waiting]);
  return (
    <>
      <p class="live" role="status">
        <span class={`badge ${live.state === 'open' ? 'good' : live.state === 'broken' ? 'bad' : ''}`}>
          {translated(STATES[live.state])}
        </span>
        {!empty && live.waiting > 0 && (
          <button type="button" class="primary" onClick={live.show}>
            {t('{n} new', { n: count(live.waiting) })} <ArrowUp size={14} />
          </button>
        )}
        {live.notSent > 0 && (
          <span class="soft small">
            {t('{n, plural, one {# invocation} other {# invocations}} not listed: too many at once. All are stored.', {
              n: live.notSent,
            })}
          </span>
        )}
      </p>
      {empty ? (
        <p class="soft">{t('No new invocations yet. They appear here as they are stored.')}</p>
      ) : (
        <InvocationTable rows={live.rows} />
      )}
    </>
  );
}

/** Whether anything has come: waiting, then what was heard last and from whom. Asks again by itself. */
import { useEffect } from 'preact/hooks';
import type { IngestStatusAnswer } from '../../server/http/contract/ingest.ts';
import { useApi } from '../api/client.ts';
import { ago, count, visible } from '../format.ts';
import { useNow } from '../state/clock.ts';
import { hrefTo } from '../state/location.ts';
import { Failing } from './states.tsx';

const ASK_MS = 2000;

export function FirstRecord() {
  const status = useApi<IngestStatusAnswer>('/api/v1/ingest/status');
  const nowMs = useNow();
  const { reload, data } = status;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [reload]);
  return (
    <section class="panel" aria-label="Has it arrived?">
      <h2>Has it arrived?</h2>
      <Failing answer={status} what="Ingest status" />
      {data !== null && <p role="status">{wordsOf(data, nowMs)}</p>}
      {data !== null && data.accepted > 0 && (
        <p>
          <a href={hrefTo('/')}>See the overview</a>
        </p>
      )}
      {data !== null && data.rejected > 0 && (
        <p>
          <a href={hrefTo('/ingest')}>{count(data.rejected)} records could not be read</a>
        </p>
      )}
    </section>
  );
}

function wordsOf({ sources, accepted }: IngestStatusAnswer, nowMs: number): string {
  // What was declared is no sign that lines come.
  const newest = sources
    .filter((source) => source.kind !== 'inventory')
    .toSorted((a, b) => Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt))[0];
  if (newest === undefined) return 'Waiting for the first record …';
  const heard = `${newest.kind} ${visible(newest.name)} was heard ${ago(Date.parse(newest.lastSeenAt), nowMs)}`;
  return accepted === 0
    ? `Connected: ${heard}. Waiting for the first Lambda line: invoke a function.`
    : `It works: ${heard}; ${count(accepted)} log events are stored.`;
}

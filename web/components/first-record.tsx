import type { IngestStatusAnswer } from '../../server/http/contract/ingest.ts';
import { useQuery } from '../api/use-query.ts';
import { ago, count, visible } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { useNow } from '../state/clock.ts';
import { hrefTo } from '../state/location.ts';
import { ErrorBanner } from './query-states.tsx';

const POLL_MS = 2000;

/** Shows whether records arrive, from which source and how long ago. Polls the ingest status. */
export function FirstRecord() {
  const status = useQuery('getIngestStatus', {}, { pollMs: POLL_MS });
  const nowMs = useNow();
  const { data } = status;
  return (
    <section class="panel" aria-label={t('Connection status')}>
      <h2>{t('Connection status')}</h2>
      <ErrorBanner result={status} what={t('the ingest status')} />
      {data !== null && <p role="status">{statusText(data, nowMs)}</p>}
      {data !== null && data.accepted > 0 && (
        <p>
          <a href={hrefTo('/')}>{t('Open the overview')}</a>
        </p>
      )}
      {data !== null && data.rejected > 0 && (
        <p>
          <a href={hrefTo('/ingest')}>
            {t('{n, plural, one {{count} record} other {{count} records}} could not be parsed', {
              n: data.rejected,
              count: count(data.rejected),
            })}
          </a>
        </p>
      )}
    </section>
  );
}

function statusText({ sources, accepted }: IngestStatusAnswer, nowMs: number): string {
  // An inventory entry does not show that log lines arrive.
  const newest = sources
    .filter((source) => source.kind !== 'inventory')
    .toSorted((a, b) => Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt))[0];
  if (newest === undefined) return t('Waiting for the first record …');
  const received = {
    source: `${newest.kind} ${visible(newest.name)}`,
    age: ago(Date.parse(newest.lastSeenAt), nowMs),
    n: count(accepted),
  };
  return accepted === 0
    ? t('Connected, last data from {source} {age}. Waiting for the first Lambda line: invoke a function.', received)
    : t('Receiving, last data from {source} {age}. {n} log events stored.', received);
}

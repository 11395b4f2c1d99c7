import { byteSize } from '../../../ingest/text/quantities.ts';
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { ago, count, time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

/** The daily export to Parquet: how far it is, what it wrote last and why it failed; nothing where none is set. */
export function ParquetExport({ of }: { readonly of: IngestStatusAnswer['parquetExport'] }) {
  const { zone } = useView();
  if (of === null) return null;
  const { to, running, last, failure, nextAt } = of;
  const now = Date.now();
  return (
    <section class="panel" aria-label={t('Export to Parquet')}>
      <h2>{t('Export to Parquet')}</h2>
      {failure !== null && (
        <p>
          <span class="badge bad">{t('problem')}</span> {visible(failure.message)}
        </p>
      )}
      <p class="soft small">
        <span class="mono">{visible(to)}</span>
        {running !== null && ` · ${t('running: {n} rows', { n: count(running.rows ?? 0) })}`}
        {last !== null &&
          ` · ${t('last run {time}: {n} rows, {size}', {
            time: ago(Date.parse(last.startedAt), now),
            n: count(last.rows),
            size: byteSize(last.bytes),
          })}`}
        {` · ${t('next: {time}', { time: time(nextAt, zone) })}`}
      </p>
    </section>
  );
}

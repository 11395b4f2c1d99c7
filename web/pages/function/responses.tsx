import { byteSize, usd } from '../../../ingest/text/quantities.ts';
import type { AnswerOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, duration } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

/** The Responses tab: time to the first byte, duration and size of responses. */
export function Responses({ id }: { readonly id: string }) {
  const view = useView();
  const answer = useQuery('getFunctionResponses', { params: { id }, query: view.rangeQuery });
  const data = answer.data;
  const known = data !== null && data.firstByteMs.n + data.responseMs.n + data.bytes.n > 0;
  return (
    <>
      <ErrorBanner result={answer} what={t('responses')} />
      {data !== null && !known && (
        <EmptyState title={t('No responses in this time range')}>
          <p>{t('Lambda reports them in JSON logs, at system log level DEBUG, and on Managed Instances.')}</p>
        </EmptyState>
      )}
      {data !== null && known && <ResponseTable data={data} />}
    </>
  );
}

function ResponseTable({ data }: { readonly data: AnswerOf<'getFunctionResponses'> }) {
  const size = (value: number | null): string => (value === null ? '–' : byteSize(value));
  return (
    <Section title={t('Responses')}>
      <DataTable
        label={t('Responses')}
        columns={[
          { title: t('Figure') },
          { title: t('Responses'), number: true },
          { title: 'p50', number: true },
          { title: 'p95', number: true },
          { title: t('Max'), number: true },
        ]}
        rows={[
          [
            t('Time to first byte'),
            count(data.firstByteMs.n),
            duration(data.firstByteMs.p50),
            duration(data.firstByteMs.p95),
            duration(data.firstByteMs.max),
          ],
          [
            t('First to last byte'),
            count(data.responseMs.n),
            duration(data.responseMs.p50),
            duration(data.responseMs.p95),
            duration(data.responseMs.max),
          ],
          [t('Size'), count(data.bytes.n), size(data.bytes.p50), size(data.bytes.p95), size(data.bytes.max)],
        ]}
      />
      <p class="soft small">
        {t(
          '{total} in total. If the function streams, AWS bills the bytes of each response beyond the first 6 MB: {beyond}, {cost} at list price.',
          { total: byteSize(data.bytes.sum), beyond: byteSize(data.beyondFreeBytes), cost: usd(data.streamedUsd) },
        )}
      </p>
    </Section>
  );
}

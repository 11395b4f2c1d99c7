import { useState } from 'preact/hooks';
import type { DeadLettersAnswer } from '../../../server/http/contract/ingest.ts';
import { call } from '../../api/client.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { apiText, t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';

/** Records that could not be read, with replay. */
export function DeadLetters({ data, reload }: { readonly data: DeadLettersAnswer; readonly reload: () => void }) {
  const { zone } = useView();
  const [outcomes, setOutcomes] = useState<Readonly<Record<number, string>>>({});
  const replay = (id: number): void => {
    call('replayDeadLetter', { params: { id } }).then(
      ({ outcome, stillRejected }) => {
        setOutcomes((old) => ({
          ...old,
          [id]: stillRejected
            ? t('still unparsable')
            : t('{n, plural, one {# event} other {# events}} stored', { n: outcome.accepted }),
        }));
        reload();
      },
      (reason: unknown) =>
        setOutcomes((old) => ({ ...old, [id]: reason instanceof Error ? reason.message : t('failed') })),
    );
  };
  return (
    <Section title={t('Dead letters')}>
      {data.items.length === 0 ? (
        <p class="soft">{t('No dead letters: all records were parsed.')}</p>
      ) : (
        <DataTable
          label={t('Dead letters')}
          columns={[
            { title: t('Received') },
            { title: t('Reason') },
            { title: t('Preview') },
            { title: t('Count'), number: true },
            { title: '' },
          ]}
          rows={data.items.map((letter) => [
            <time>{time(letter.receivedAt, zone)}</time>,
            <>
              <span class="badge warm">{letter.reason}</span>
              <span class="interval">{visible(detailText(letter))}</span>
            </>,
            <span class="lines">{visible(letter.preview).slice(0, 160)}</span>,
            letter.seen,
            <>
              {letter.replayedAt === null ? (
                <button type="button" onClick={() => replay(letter.id)}>
                  {t('Replay')}
                </button>
              ) : (
                <span class="badge good">{t('replayed')}</span>
              )}
              <span class="interval">{outcomes[letter.id]}</span>
            </>,
          ])}
        />
      )}
    </Section>
  );
}

/** What the reason means; in English the detail of the record itself. */
function detailText({ reason, detail }: DeadLettersAnswer['items'][number]): string {
  const text = apiText(`dead-letter:${reason}`, '');
  if (text === '') return detail;
  const stream = /Log stream (\S+)\.$/.exec(detail)?.[1];
  return stream === undefined ? text : t('{text} Log stream {stream}.', { text, stream });
}

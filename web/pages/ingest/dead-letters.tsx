import { useState } from 'preact/hooks';
import type { DeadLettersAnswer } from '../../../server/http/contract/ingest.ts';
import { call } from '../../api/client.ts';
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
    <section class="panel" aria-label={t('Dead letters')}>
      <div class="head">
        <h2>{t('Dead letters')}</h2>
      </div>
      {data.items.length === 0 ? (
        <p class="soft">{t('No dead letters: all records were parsed.')}</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>{t('Received')}</th>
                <th>{t('Reason')}</th>
                <th>{t('Preview')}</th>
                <th class="number">{t('Count')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {data.items.map((letter) => (
                <tr>
                  <td class="mono">{time(letter.receivedAt, zone)}</td>
                  <td>
                    <span class="badge warm">{letter.reason}</span>
                    <span class="interval">{visible(detailText(letter))}</span>
                  </td>
                  <td class="lines">{visible(letter.preview).slice(0, 160)}</td>
                  <td class="number">{letter.seen}</td>
                  <td>
                    {letter.replayedAt === null ? (
                      <button type="button" onClick={() => replay(letter.id)}>
                        {t('Replay')}
                      </button>
                    ) : (
                      <span class="badge good">{t('replayed')}</span>
                    )}
                    <span class="interval">{outcomes[letter.id]}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** What the reason means; in English the detail of the record itself. */
function detailText({ reason, detail }: DeadLettersAnswer['items'][number]): string {
  const text = apiText(`dead-letter:${reason}`, '');
  if (text === '') return detail;
  const stream = /Log stream (\S+)\.$/.exec(detail)?.[1];
  return stream === undefined ? text : t('{text} Log stream {stream}.', { text, stream });
}

import { count, percent } from '../../../ingest/text/quantities.ts';
import type { ImportsAnswer } from '../../../server/http/contract/imports.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Import = ImportsAnswer['items'][number];

/** Imports of files, each with a button that undoes it. */
export function Imports() {
  const imports = useQuery('listImports', { query: { limit: 50 } });
  const { zone } = useView();
  const action = useAction();
  const undo = (id: string): void =>
    action.run(async () => {
      await call('undoImport', { params: { id } });
      imports.reload();
      return t('Import undone. Data that was also delivered another way was kept.');
    });
  const items = imports.data?.items ?? [];
  if (items.length === 0) return <ErrorBanner result={imports} what={t('the imports')} />;
  return (
    <section class="panel" aria-label={t('Imports')}>
      <div class="head">
        <h2>{t('Imports')}</h2>
      </div>
      <ActionResult action={action} />
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>{t('Started')}</th>
              <th>{t('File')}</th>
              <th>{t('Functions')}</th>
              <th class="number">{t('Events')}</th>
              <th>{t('State')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {items.map((one) => (
              <tr key={one.id}>
                <td class="mono">{time(one.startedAt, zone)}</td>
                <td>
                  {visible(one.name)}
                  <span class="interval mono">{one.id}</span>
                </td>
                <td>{one.functions.map((name) => visible(name)).join(', ')}</td>
                <td class="number">{count(one.accepted)}</td>
                <td>{stateOf(one)}</td>
                <td>
                  {one.state === 'stored' && (
                    <ConfirmedButton
                      label={t('Undo')}
                      confirmLabel={t('Remove {accepted, plural, one {# event} other {# events}}', {
                        accepted: one.accepted,
                      })}
                      disabled={action.busy}
                      onConfirm={() => undo(one.id)}
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {imports.data?.truncated === true && (
          <p class="soft">{t('Only the newest {n, number} imports are listed.', { n: items.length })}</p>
        )}
      </div>
    </section>
  );
}

function stateOf({ state, progress, undoUntil }: Import): string {
  switch (state) {
    case 'stored':
      return t('can be undone until {day}', { day: undoUntil?.slice(0, 10) ?? '–' });
    case 'undoing':
      return t('being undone, {share}', { share: percent(progress) });
    case 'undone':
      return t('undone');
    case 'kept':
      return t('too old to be undone');
  }
}

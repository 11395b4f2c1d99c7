import type { ImportsAnswer } from '../../../server/http/contract/imports.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, percent, time, visible } from '../../format.ts';
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
    <Section title={t('Imports')}>
      <ActionResult action={action} />
      <DataTable
        label={t('Imports')}
        columns={[
          { title: t('Started') },
          { title: t('File') },
          { title: t('Functions') },
          { title: t('Events'), number: true },
          { title: t('State') },
          { title: '' },
        ]}
        rows={items.map((one) => [
          <time>{time(one.startedAt, zone)}</time>,
          <>
            {visible(one.name)}
            <span class="interval mono">{one.id}</span>
          </>,
          one.functions.map((name) => visible(name)).join(', '),
          count(one.accepted),
          stateOf(one),
          one.state === 'stored' && (
            <ConfirmedButton
              key={one.id}
              label={t('Undo')}
              confirmLabel={t('Remove {accepted, plural, one {# event} other {# events}}', {
                accepted: one.accepted,
              })}
              disabled={action.busy}
              onConfirm={() => undo(one.id)}
            />
          ),
        ])}
      />
      {imports.data?.truncated === true && (
        <p class="soft">{t('Only the newest {n, number} imports are listed.', { n: items.length })}</p>
      )}
    </Section>
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

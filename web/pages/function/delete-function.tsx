import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';

/** Deletes everything of a function. The user types its name, since nothing brings the data back. */
export function DeleteFunction({ id, name }: { readonly id: string; readonly name: string }) {
  const [typed, setTyped] = useState('');
  const action = useAction();
  const remove = (): void =>
    action.run(async () => {
      const refusal = t('Type {name} to delete it.', { name });
      if (typed !== name) throw new Error(refusal);
      await call('deleteFunction', { params: { id } });
      return t('Deleted. What is delivered again from now on is stored as new.');
    });
  return (
    <details class="panel">
      <summary>{t('Delete this function')}</summary>
      <p class="small">
        {t(
          'Deletes its invocations, charts, log lines and dead letters. Data that is still delivered or imported again afterwards is stored as new.',
        )}
      </p>
      <ActionForm action={action} submit={t('Delete function')} onSubmit={remove}>
        <label class="small">
          {t('name of the function')}{' '}
          <input required maxLength={200} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
      </ActionForm>
    </details>
  );
}

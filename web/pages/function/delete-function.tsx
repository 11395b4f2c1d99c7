import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { useAction } from '../../state/action.ts';

/** Deletes everything of a function. The user types its name, since nothing brings the data back. */
export function DeleteFunction({ id, name }: { readonly id: string; readonly name: string }) {
  const [typed, setTyped] = useState('');
  const action = useAction();
  const remove = (): void =>
    action.run(async () => {
      if (typed !== name) throw new Error(`Type ${name} to delete it.`);
      await call('deleteFunction', { params: { id } });
      return 'Deleted. What is delivered again from now on is stored as new.';
    });
  return (
    <details class="panel">
      <summary>Delete this function</summary>
      <p class="small">
        Deletes its invocations, charts, log lines and dead letters. Data that is still delivered or imported again
        afterwards is stored as new.
      </p>
      <ActionForm action={action} submit="Delete function" onSubmit={remove}>
        <label class="small">
          name of the function{' '}
          <input required maxLength={200} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </label>
      </ActionForm>
    </details>
  );
}

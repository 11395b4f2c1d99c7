import { useState } from 'preact/hooks';
import type { ReceiversAnswer } from '../../../server/http/contract/receivers.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import { ReceiverFields, receiverDraft, saveReceiver, testReceiver } from './receiver-form.tsx';
import { formLabel } from './receiver-forms.ts';

/** Whom a rule notifies: receivers to tick, a new one to create in place, and a message to test them. */
export function RuleReceivers({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}) {
  const answer = useQuery('listReceivers');
  const [adding, setAdding] = useState(false);
  const action = useAction();
  const receivers = answer.data?.items ?? [];
  const toggle = (id: string, on: boolean): void => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  const test = (): void => action.run(() => testAll(receivers.filter(({ id }) => chosen.includes(id))));
  return (
    <>
      <ErrorBanner result={answer} what={t('receivers')} />
      {receivers.map((receiver) => (
        <label class="choice" key={receiver.id}>
          <input
            type="checkbox"
            checked={chosen.includes(receiver.id)}
            onChange={(event) => toggle(receiver.id, event.currentTarget.checked)}
          />
          <span>
            {visible(receiver.name)} <span class="soft small">{formLabel(receiver.format)}</span>
            {receiver.disabled !== null && <span class="badge bad">{t('disabled')}</span>}
          </span>
        </label>
      ))}
      <p class="field-help">
        {chosen.length === 0
          ? t('None chosen: the routes decide who is notified.')
          : t('These are notified in place of the receivers of the routes.')}
      </p>
      {answer.data !== null && (adding || receivers.length === 0) ? (
        <NewRuleReceiver
          of={answer.data}
          action={action}
          onAdded={(id) => {
            setAdding(false);
            answer.reload();
            onChange([...chosen, id]);
          }}
        />
      ) : (
        <p class="controls">
          <button type="button" onClick={() => setAdding(true)}>
            {t('New receiver')}
          </button>
          <button type="button" disabled={action.busy || chosen.length === 0} onClick={test}>
            {t('Send test message')}
          </button>
        </p>
      )}
      <ActionResult action={action} />
    </>
  );
}

async function testAll(of: readonly { readonly id: string; readonly name: string }[]): Promise<string> {
  const outcomes = await Promise.all(of.map(({ id, name }) => testReceiver(id, name)));
  return outcomes.join(' ');
}

/** Creates a receiver and sends it a test message, in one step. */
function NewRuleReceiver({
  of: { items, canSendMail },
  action,
  onAdded,
}: {
  readonly of: ReceiversAnswer;
  /** Of the parent: the outcome of the test is shown when this form is gone. */
  readonly action: Action;
  readonly onAdded: (id: string) => void;
}) {
  const [draft, setDraft] = useState(receiverDraft(null));
  const add = (): void =>
    action.run(async () => {
      const { id } = await saveReceiver(
        draft,
        null,
        items.map((one) => one.id),
      );
      onAdded(id);
      try {
        return await testReceiver(id, draft.name === '' ? id : draft.name);
      } catch (error) {
        const why = error instanceof Error ? error.message : t('Request failed');
        throw new Error(t('{why} The receiver is stored, and can be edited or deleted in the tab Receivers.', { why }));
      }
    });
  return (
    <div class="panel">
      <ReceiverFields draft={draft} onChange={setDraft} canSendMail={canSendMail} />
      <p class="controls">
        <button type="button" disabled={action.busy || draft.address === ''} onClick={add}>
          {t('Add receiver and send test message')}
        </button>
      </p>
    </div>
  );
}

import { useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { duration, visible } from '../../format.ts';
import { t, translated } from '../../i18n/translate.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import type { Receiver, ReceiverForm } from './receiver-forms.ts';
import { addressFields, formLabel, isKeyed, RECEIVER_FORMS } from './receiver-forms.ts';
import { idFor } from './rule-draft.ts';

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
  const isNew = adding || (answer.data !== null && receivers.length === 0);
  const toggle = (id: string, on: boolean): void => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id));
  const test = (): void => action.run(() => testAll(chosen));
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
      {isNew ? (
        <NewRuleReceiver
          receivers={receivers}
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

async function testAll(ids: readonly string[]): Promise<string> {
  const outcomes = await Promise.all(ids.map((id) => testOne(id)));
  return outcomes.join(' ');
}

/** @throws Error with what the receiver answered, if it did not take the message. */
async function testOne(id: string): Promise<string> {
  const { delivered, tookMs, status, error } = await call('testReceiver', { params: { id } });
  if (!delivered) throw new Error(`${id} did not take the test message: ${error ?? `status ${status}`}`);
  return t('{id}: test message delivered in {tookMs}.', { id, tookMs: duration(tookMs) });
}

/** Creates a receiver and sends it a test message, in one step. */
function NewRuleReceiver({
  receivers,
  action,
  onAdded,
}: {
  readonly receivers: readonly Receiver[];
  /** Of the parent: the outcome of the test is shown when this form is gone. */
  readonly action: Action;
  readonly onAdded: (id: string) => void;
}) {
  const [form, setForm] = useState<ReceiverForm>(RECEIVER_FORMS[0]);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [routingKey, setRoutingKey] = useState('');
  const add = (): void =>
    action.run(async () => {
      const title = name.trim() === '' ? translated(form.label) : name.trim();
      const taken = receivers.map((one) => one.id);
      const id = idFor(title, taken, 'receiver');
      await call('saveReceiver', {
        params: { id },
        body: { id, name: title, format: form.format, ...addressFields(form.format, url, routingKey) },
      });
      onAdded(id);
      return testOne(id);
    });
  return (
    <div class="panel">
      <div class="field-row">
        <label class="field small">
          {t('receiver type')}
          <select
            value={form.format}
            onChange={(event) =>
              setForm(RECEIVER_FORMS.find(({ format }) => format === event.currentTarget.value) ?? RECEIVER_FORMS[0])
            }
          >
            {RECEIVER_FORMS.filter(({ format }) => format !== 'template').map(({ format, label }) => (
              <option value={format}>{translated(label)}</option>
            ))}
          </select>
        </label>
        <label class="field small">
          {t('receiver name')}
          <input
            value={name}
            placeholder={translated(form.label)}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
      </div>
      <label class="field small">
        {t('receiver address')}
        <input
          type={form.format === 'email' ? 'text' : 'url'}
          value={url}
          placeholder={form.placeholder}
          onInput={(event) => setUrl(event.currentTarget.value)}
        />
        <span class="field-help">{translated(form.help)}</span>
      </label>
      {isKeyed(form.format) && (
        <label class="field small">
          {t('integration key')}
          <input value={routingKey} onInput={(event) => setRoutingKey(event.currentTarget.value)} />
        </label>
      )}
      <p class="controls">
        <button type="button" disabled={action.busy || url === ''} onClick={add}>
          {t('Add receiver and send test message')}
        </button>
      </p>
    </div>
  );
}

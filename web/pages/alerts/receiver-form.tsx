/** Fields of a receiver, which its page and the form of a rule share, and what they save. */

import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { duration, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { rich, t, translated } from '../../i18n/translate.ts';
import type { Format, Receiver, ReceiverForm } from './receiver-forms.ts';
import { RECEIVER_FORMS } from './receiver-forms.ts';
import { idFor } from './rule-draft.ts';

export interface ReceiverDraft {
  readonly format: Format;
  readonly name: string;
  /** A URL, or addresses of e-mail with commas between them. */
  readonly address: string;
  /** Empty for the stored one, which is never shown. */
  readonly routingKey: string;
  readonly template: string;
  readonly sendResolved: boolean;
}

const FORMATS = RECEIVER_FORMS.map(({ format }) => format);
const TEMPLATE = '{"text": "{{summary}}", "rule": "{{rule.name}}", "function": "{{labels.function}}"}';

/** A new receiver, or what is shown of a stored one. */
export function receiverDraft(stored: Receiver | null): ReceiverDraft {
  return {
    format: stored?.format ?? 'slack',
    name: stored?.name ?? '',
    address: stored?.format === 'email' ? stored.to.join(', ') : (stored?.url ?? ''),
    routingKey: '',
    template: stored?.template ?? TEMPLATE,
    sendResolved: stored?.sendResolved ?? true,
  };
}

/** Saves a new receiver, or a change of the stored one that was read. @returns its secret, if it is new, and its id */
export async function saveReceiver(
  { format, name, address, routingKey, template, sendResolved }: ReceiverDraft,
  stored: Receiver | null,
  taken: readonly string[],
): Promise<{ readonly id: string; readonly secret: string | null }> {
  const title = name.trim() === '' ? translated(formOf(format).label) : name.trim();
  const id = stored?.id ?? idFor(title, taken, 'receiver');
  const isMail = format === 'email';
  const { secret } = await call('saveReceiver', {
    params: { id },
    body: {
      // One that failed for a day is tried again once it was changed.
      ...{ id, name: title, format, sendResolved, enabled: stored?.disabled !== 'by-hand' },
      // One of this id is not replaced by a new one.
      revision: stored?.revision ?? null,
      url: isMail ? '' : address,
      to: isMail ? address.split(/[\s,;]+/).filter((one) => one !== '') : [],
      ...(isKeyed(format) && routingKey !== '' ? { routingKey } : {}),
      ...(format === 'template' ? { template } : {}),
    },
  });
  return { id, secret };
}

/** Sends a test message. @throws Error with what the receiver answered, if it did not take the message */
export async function testReceiver(id: string, name = id): Promise<string> {
  const { delivered, tookMs, status, error } = await call('testReceiver', { params: { id } });
  if (!delivered)
    throw new Error(
      t('{id} did not take the test message: {why}', {
        id: visible(name),
        why: error === null ? t('status {status}', { status }) : saidText(error),
      }),
    );
  return t('{id}: test message delivered in {tookMs}.', { id: visible(name), tookMs: duration(tookMs) });
}

function formOf(format: Format): ReceiverForm {
  return RECEIVER_FORMS.find((one) => one.format === format) ?? RECEIVER_FORMS[0];
}

/** Formats that need a key besides the address. */
const isKeyed = (format: Format): boolean => format === 'pagerduty' || format === 'opsgenie';

interface ReceiverFieldsProps {
  readonly draft: ReceiverDraft;
  readonly onChange: (draft: ReceiverDraft) => void;
  /** Whether the server has the settings of a mail server. */
  readonly canSendMail: boolean;
}

export function ReceiverFields({ draft, onChange, canSendMail }: ReceiverFieldsProps) {
  const { format } = draft;
  const form = formOf(format);
  const set = (change: Partial<ReceiverDraft>): void => onChange({ ...draft, ...change });
  return (
    <>
      <div class="field-row">
        <label class="field small">
          {t('receiver type')}
          <select
            value={format}
            onChange={(event) => set({ format: oneOf(FORMATS, event.currentTarget.value) ?? format })}
          >
            {RECEIVER_FORMS.map((one) => (
              <option value={one.format}>{translated(one.label)}</option>
            ))}
          </select>
        </label>
        <label class="field small">
          {t('receiver name')}
          <input
            value={draft.name}
            placeholder={translated(form.label)}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        </label>
      </div>
      {format === 'email' && !canSendMail && (
        <p class="notice" role="status">
          {rich('This server cannot send e-mail yet. Set {url} and {from}, and restart it: {link}.', {
            url: <code>THERMOCLINE_SMTP_URL</code>,
            from: <code>THERMOCLINE_SMTP_FROM</code>,
            link: <code>docs/configuration.md</code>,
          })}
        </p>
      )}
      <label class="field small">
        {t('receiver address')}
        <input
          type={format === 'email' ? 'text' : 'url'}
          value={draft.address}
          placeholder={form.placeholder}
          onInput={(event) => set({ address: event.currentTarget.value })}
        />
        <span class="field-help">{translated(form.help)}</span>
      </label>
      {isKeyed(format) && (
        <label class="field small">
          {t('integration key')}
          <input value={draft.routingKey} onInput={(event) => set({ routingKey: event.currentTarget.value })} />
        </label>
      )}
      {format === 'template' && (
        <label class="field small">
          {t('Template: JSON in which {fields} are replaced by text', { fields: '{{fields}}' })}
          <textarea
            class="code"
            rows={5}
            spellcheck={false}
            value={draft.template}
            onInput={(event) => set({ template: event.currentTarget.value })}
          />
        </label>
      )}
      <label class="choice small">
        <input
          type="checkbox"
          checked={draft.sendResolved}
          onChange={(event) => set({ sendResolved: event.currentTarget.checked })}
        />{' '}
        {t('also when alerts resolve')}
      </label>
    </>
  );
}

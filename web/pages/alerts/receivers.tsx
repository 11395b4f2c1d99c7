import { useEffect, useState } from 'preact/hooks';
import type { PreviewAnswer, ReceiversAnswer, TestAnswer } from '../../../server/http/contract/receivers.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ManagedBadge } from '../../components/managed-by.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { duration, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import type { ReceiverDraft } from './receiver-form.tsx';
import { ReceiverFields, receiverDraft, saveReceiver, testReceiver } from './receiver-form.tsx';
import type { Format, Receiver } from './receiver-forms.ts';
import { formLabel } from './receiver-forms.ts';

const DISABLED = {
  'by-hand': message('disabled manually'),
  gone: message('disabled: responded with 410 Gone'),
  failing: message('disabled: all deliveries failed for a day'),
} as const;
/** Debounce: the preview is requested after this pause in typing. */
const DEBOUNCE_MS = 300;

/** Receivers of notifications, each with a test that shows request and response, and a form to add one. */
export function Receivers() {
  const answer = useQuery('listReceivers');
  const items = answer.data?.items ?? [];
  return (
    <>
      <ErrorBanner result={answer} what={t('receivers')} shapes={{}} />
      {answer.data !== null && items.length === 0 && (
        <EmptyState title={t('No receivers')}>
          <p>
            {t('Alerts are shown only on this page. Add a receiver to send them to an address as signed webhooks.')}
          </p>
        </EmptyState>
      )}
      {items.map((one) => (
        <ReceiverPanel key={one.id} one={one} canSendMail={answer.data?.canSendMail === true} reload={answer.reload} />
      ))}
      {answer.data !== null && <NewReceiver of={answer.data} reload={answer.reload} />}
    </>
  );
}

interface ReceiverPanelProps {
  readonly one: Receiver;
  readonly canSendMail: boolean;
  readonly reload: () => void;
}

function ReceiverPanel({ one, canSendMail, reload }: ReceiverPanelProps) {
  const action = useAction();
  /** While it is edited, with the receiver that was read. */
  const [edited, setEdited] = useState<{ readonly draft: ReceiverDraft; readonly stored: Receiver } | null>(null);
  const [exchange, setExchange] = useState<TestAnswer | null>(null);
  const params = { id: one.id };
  const test = (): void =>
    action.run(async () => {
      setExchange(null);
      const outcome = await call('testReceiver', { params });
      setExchange(outcome);
      return outcome.delivered
        ? t('Delivered in {tookMs} ({status}).', { tookMs: duration(outcome.tookMs), status: outcome.status })
        : outcome.error === null
          ? t('Not delivered: status {status}.', { status: outcome.status })
          : t('Not delivered: {error}.', { error: saidText(outcome.error) });
    });
  const remove = (): void =>
    action.run(async () => {
      await call('deleteReceiver', { params });
      reload();
      return t('Receiver removed.');
    });
  const edit = (): void => {
    reload();
    setEdited(edited === null ? { draft: receiverDraft(one), stored: one } : null);
  };
  const save = ({ draft, stored }: NonNullable<typeof edited>): void =>
    action.run(async () => {
      await saveReceiver(draft, stored, []);
      setEdited(null);
      reload();
      return t('Receiver saved.');
    });
  return (
    <Section
      title={visible(one.name)}
      aside={
        <>
          {one.disabled !== null && <span class="badge bad">{translated(DISABLED[one.disabled])}</span>}
          <ManagedBadge by={one.managed} />
          <span class="badge">{formLabel(one.format)}</span>
          <button type="button" disabled={action.busy} onClick={test}>
            {t('Test')}
          </button>
          {one.managed === null && (
            <>
              <button type="button" aria-pressed={edited !== null} disabled={action.busy} onClick={edit}>
                {t('[verb] Edit')}
              </button>
              <ConfirmedButton
                label={t('Delete')}
                confirmLabel={t('Delete receiver')}
                disabled={action.busy}
                onConfirm={remove}
              />
            </>
          )}
        </>
      }
    >
      {edited === null ? (
        <>
          <p class="mono">
            {visible(one.format === 'email' ? one.to.join(', ') : one.url.replace('(hidden)', t('(hidden)')))}
          </p>
          <p class="soft small">
            {one.sendResolved
              ? t('Notified when alerts fire and when they resolve.')
              : t('Notified when alerts fire, not when they resolve.')}
            {one.headers.length > 0 && (
              <> {t('Custom headers: {headers}.', { headers: visible(one.headers.join(', ')) })}</>
            )}
          </p>
          <ActionResult action={action} />
        </>
      ) : (
        <ReceiverForm
          draft={edited.draft}
          {...{ action, canSendMail }}
          onChange={(draft) => setEdited({ ...edited, draft })}
          submit={t('Save receiver')}
          onSubmit={() => save(edited)}
        />
      )}
      {exchange !== null && <Exchange exchange={exchange} />}
    </Section>
  );
}

function Exchange({ exchange }: { readonly exchange: TestAnswer }) {
  return (
    <details open>
      <summary>{t('Request and response')}</summary>
      <DataTable
        label={t('Request headers')}
        columns={[{ title: t('Header') }, { title: t('Value') }]}
        rows={Object.entries(exchange.requestHeaders).map(([name, value]) => [
          name,
          <span class="mono">{visible(value)}</span>,
        ])}
      />
      <pre class="code">{visible(exchange.body)}</pre>
      <p class="soft small">{t('Response status: {status}', { status: exchange.status ?? '–' })}</p>
      {exchange.answer !== null && exchange.answer !== '' && <pre class="code">{visible(exchange.answer)}</pre>}
    </details>
  );
}

/** Formats whose receivers check signatures. */
const SIGNED: ReadonlySet<Format> = new Set(['native', 'alertmanager', 'template']);

function NewReceiver({ of, reload }: { readonly of: ReceiversAnswer; readonly reload: () => void }) {
  const action = useAction();
  const [draft, setDraft] = useState(receiverDraft(null));
  const [secret, setSecret] = useState<string | null>(null);
  const add = (): void =>
    action.run(async () => {
      const saved = await saveReceiver(
        draft,
        null,
        of.items.map(({ id }) => id),
      );
      setSecret(SIGNED.has(draft.format) ? saved.secret : null);
      reload();
      return testReceiver(saved.id, draft.name === '' ? saved.id : draft.name);
    });
  return (
    <Section title={t('New receiver')}>
      <ReceiverForm
        {...{ draft, action }}
        onChange={setDraft}
        canSendMail={of.canSendMail}
        submit={t('Add receiver and send test message')}
        onSubmit={add}
      />
      {secret !== null && (
        <p>
          {rich('Signing secret. Copy it now; it will not be shown again: {secret}', {
            secret: <code class="mono">{secret}</code>,
          })}
        </p>
      )}
    </Section>
  );
}

interface ReceiverFormProps {
  readonly draft: ReceiverDraft;
  readonly onChange: (draft: ReceiverDraft) => void;
  readonly action: Action;
  readonly canSendMail: boolean;
  readonly submit: string;
  readonly onSubmit: () => void;
}

/** The fields of a receiver, with the message that it would get. */
function ReceiverForm({ draft, onChange, action, canSendMail, submit, onSubmit }: ReceiverFormProps) {
  return (
    <>
      <form
        class="receiver"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <ReceiverFields {...{ draft, onChange, canSendMail }} />
        <p class="controls">
          <button type="submit" class="primary" disabled={action.busy || draft.address === ''}>
            {submit}
          </button>
        </p>
      </form>
      <ActionResult action={action} />
      <Preview format={draft.format} template={draft.format === 'template' ? draft.template : null} />
    </>
  );
}

/** The body of a test notification, updated while typing. */
function Preview({ format, template }: { readonly format: Format; readonly template: string | null }) {
  const [shown, setShown] = useState<PreviewAnswer | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      call('previewNotification', { body: { format, template } }).then(
        (preview) => {
          if (current) setShown(preview);
        },
        () => undefined,
      );
    }, DEBOUNCE_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [format, template]);
  if (shown === null) return null;
  return (
    <details open={template !== null}>
      <summary>{t('Preview ({type})', { type: shown.type })}</summary>
      {shown.problem !== null && (
        <p role="alert">
          <strong>{t('Invalid JSON: {problem}', { problem: visible(shown.problem) })}</strong>
        </p>
      )}
      <pre class="code">{visible(shown.body)}</pre>
    </details>
  );
}

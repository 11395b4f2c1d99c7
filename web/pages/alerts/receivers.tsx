import { useEffect, useState } from 'preact/hooks';
import type { PreviewAnswer, ReceiversAnswer, TestAnswer } from '../../../server/http/contract/receivers.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ManagedBadge } from '../../components/managed-by.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { duration, visible } from '../../format.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import type { Format } from './receiver-forms.ts';
import { addressFields, formLabel, isKeyed, RECEIVER_FORMS } from './receiver-forms.ts';

type Receiver = ReceiversAnswer['items'][number];

const DISABLED = {
  'by-hand': message('disabled manually'),
  gone: message('disabled: responded with 410 Gone'),
  failing: message('disabled: all deliveries failed for a day'),
} as const;
const EXAMPLE = 'team-pager';
const FORMATS = RECEIVER_FORMS.map(({ format }) => format);
const TEMPLATE = '{"text": "{{summary}}", "rule": "{{rule.name}}", "function": "{{labels.function}}"}';
/** Debounce: the preview is requested after this pause in typing. */
const DEBOUNCE_MS = 300;

/** Receivers of notifications, each with a test that shows request and response, and a form to add one. */
export function Receivers() {
  const answer = useQuery('listReceivers');
  const items = answer.data?.items ?? [];
  return (
    <>
      <ErrorBanner result={answer} what={t('receivers')} />
      {answer.data !== null && items.length === 0 && (
        <EmptyState title={t('No receivers')}>
          <p>
            {t('Alerts are shown only on this page. Add a receiver to send them to an address as signed webhooks.')}
          </p>
        </EmptyState>
      )}
      {items.map((one) => (
        <ReceiverPanel one={one} reload={answer.reload} />
      ))}
      <NewReceiver reload={answer.reload} />
    </>
  );
}

function ReceiverPanel({ one, reload }: { readonly one: Receiver; readonly reload: () => void }) {
  const action = useAction();
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
          : t('Not delivered: {error}.', { error: outcome.error });
    });
  const remove = (): void =>
    action.run(async () => {
      await call('deleteReceiver', { params });
      reload();
      return t('Receiver removed.');
    });
  return (
    <Section
      title={visible(one.name)}
      aside={
        <>
          {one.disabled !== null && <span class="badge bad">{translated(DISABLED[one.disabled])}</span>}
          <ManagedBadge by={one.managed} />
          <span class="badge">{one.format}</span>
          <button type="button" disabled={action.busy} onClick={test}>
            {t('Test')}
          </button>
          {one.managed === null && (
            <button type="button" class="plain" disabled={action.busy} onClick={remove}>
              {t('Remove')}
            </button>
          )}
        </>
      }
    >
      <p class="mono">{visible(one.format === 'email' ? one.to.join(', ') : one.url)}</p>
      <p class="soft small">
        {one.sendResolved
          ? t('Notified when alerts fire and when they resolve.')
          : t('Notified when alerts fire, not when they resolve.')}
        {one.headers.length > 0 && (
          <> {t('Custom headers: {headers}.', { headers: visible(one.headers.join(', ')) })}</>
        )}
      </p>
      <ActionResult action={action} />
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

function NewReceiver({ reload }: { readonly reload: () => void }) {
  const action = useAction();
  const [id, setId] = useState('');
  const [url, setUrl] = useState('');
  const [format, setFormat] = useState<Format>('native');
  const [template, setTemplate] = useState(TEMPLATE);
  const [routingKey, setRoutingKey] = useState('');
  const [secret, setSecret] = useState<string | null>(null);
  const add = (): void =>
    action.run(async () => {
      const saved = await call('saveReceiver', {
        params: { id },
        body: {
          id,
          name: id,
          ...addressFields(format, url, routingKey),
          format,
          // One of this id is not replaced.
          revision: null,
          ...(format === 'template' ? { template } : {}),
        },
      });
      setSecret(saved.secret);
      reload();
      return t('Receiver added. Name it in a route to send alerts to it.');
    });
  return (
    <Section title={t('New receiver')}>
      <ActionForm action={action} submit={t('Add receiver')} onSubmit={add}>
        <label class="small">
          {t('name')}{' '}
          <input required value={id} placeholder={EXAMPLE} onInput={(event) => setId(event.currentTarget.value)} />
        </label>
        <label class="small">
          {format === 'email' ? t('addresses') : t('URL')}{' '}
          <input
            required
            type={format === 'email' ? 'text' : 'url'}
            value={url}
            placeholder={RECEIVER_FORMS.find((one) => one.format === format)?.placeholder}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <label class="small">
          {t('format')}{' '}
          <select value={format} onChange={(event) => setFormat(oneOf(FORMATS, event.currentTarget.value) ?? 'native')}>
            {FORMATS.map((one) => (
              <option value={one}>{formLabel(one)}</option>
            ))}
          </select>
        </label>
        {isKeyed(format) && (
          <label class="small">
            {t('integration key')}{' '}
            <input required value={routingKey} onInput={(event) => setRoutingKey(event.currentTarget.value)} />
          </label>
        )}
      </ActionForm>
      {format === 'template' && (
        <>
          <label class="small" for="template">
            {t('Template: JSON in which {fields} are replaced by text', { fields: '{{fields}}' })}
          </label>
          <textarea
            id="template"
            class="code"
            rows={5}
            spellcheck={false}
            value={template}
            onInput={(event) => setTemplate(event.currentTarget.value)}
          />
        </>
      )}
      <Preview format={format} template={format === 'template' ? template : null} />
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

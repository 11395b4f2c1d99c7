/** Receivers: who is told, a test with the exchange shown, and a form for another. */
import { useEffect, useState } from 'preact/hooks';
import type { PreviewAnswer, ReceiversAnswer, TestAnswer } from '../../../server/http/contract/receivers.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { ms, visible } from '../../format.ts';
import { useAction } from '../../state/action.ts';

type Receiver = ReceiversAnswer['items'][number];

const DISABLED = {
  'by-hand': 'disabled by hand',
  gone: 'disabled: it answered 410 Gone',
  failing: 'disabled: nothing could be delivered for a day',
} as const;
const FORMATS = ['native', 'alertmanager', 'slack', 'discord', 'pagerduty', 'template'] as const;
type Format = (typeof FORMATS)[number];
const TEMPLATE = '{"text": "{{summary}}", "rule": "{{rule.name}}", "function": "{{labels.function}}"}';
/** A pause in typing, after which what would be sent is shown. */
const TYPING_MS = 300;

export function Receivers() {
  const answer = useQuery('listReceivers');
  const items = answer.data?.items ?? [];
  return (
    <>
      <ErrorBanner result={answer} what="Receivers" />
      {answer.data !== null && items.length === 0 && (
        <EmptyState title="Nobody is told">
          <p>Alerts are shown here and nowhere else. A receiver is an address that gets signed webhooks.</p>
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
      const found = await call('testReceiver', { params });
      setExchange(found);
      return found.delivered
        ? `Delivered in ${ms(found.tookMs)} (${found.status}).`
        : `Not delivered: ${found.error ?? `it answered ${found.status}`}.`;
    });
  const remove = (): void =>
    action.run(async () => {
      await call('deleteReceiver', { params });
      reload();
      return 'It is gone.';
    });
  return (
    <Section
      title={visible(one.name)}
      aside={
        <>
          {one.disabled !== null && <span class="badge bad">{DISABLED[one.disabled]}</span>}
          <span class="badge">{one.format}</span>
          <button type="button" disabled={action.busy} onClick={test}>
            Test
          </button>
          <button type="button" class="plain" disabled={action.busy} onClick={remove}>
            Remove
          </button>
        </>
      }
    >
      <p class="mono">{visible(one.url)}</p>
      <p class="soft small">
        {one.sendResolved ? 'Told when alerts begin and end.' : 'Told when alerts begin, not when they end.'}
        {one.headers.length > 0 && ` Sent along: ${visible(one.headers.join(', '))}.`}
      </p>
      <ActionResult action={action} />
      {exchange !== null && <Exchange exchange={exchange} />}
    </Section>
  );
}

function Exchange({ exchange }: { readonly exchange: TestAnswer }) {
  return (
    <details open>
      <summary>What was sent, and what came back</summary>
      <DataTable
        label="Headers of the request"
        columns={[{ title: 'Header' }, { title: 'Value' }]}
        rows={Object.entries(exchange.requestHeaders).map(([name, value]) => [
          name,
          <span class="mono">{visible(value)}</span>,
        ])}
      />
      <pre class="code">{visible(exchange.body)}</pre>
      <p class="soft small">The answer: {exchange.status ?? 'none'}</p>
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
      const made = await call('saveReceiver', {
        params: { id },
        body: {
          id,
          name: id,
          url,
          format,
          ...(format === 'template' ? { template } : {}),
          ...(format === 'pagerduty' ? { routingKey } : {}),
        },
      });
      setSecret(made.secret);
      reload();
      return 'Added. Alerts reach it where a route names it.';
    });
  return (
    <Section title="Add a receiver">
      <ActionForm action={action} submit="Add" onSubmit={add}>
        <label class="small">
          name{' '}
          <input required value={id} placeholder="team-pager" onInput={(event) => setId(event.currentTarget.value)} />
        </label>
        <label class="small">
          address{' '}
          <input
            required
            type="url"
            value={url}
            placeholder="https://example.com/hook"
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <label class="small">
          format{' '}
          <select value={format} onChange={(event) => setFormat(oneOf(FORMATS, event.currentTarget.value) ?? 'native')}>
            {FORMATS.map((one) => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
        {format === 'pagerduty' && (
          <label class="small">
            integration key{' '}
            <input required value={routingKey} onInput={(event) => setRoutingKey(event.currentTarget.value)} />
          </label>
        )}
      </ActionForm>
      {format === 'template' && (
        <>
          <label class="small" for="template">
            Template: JSON in which {'{{fields}}'} are replaced by text, and nothing else happens
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
          Signing secret, shown this once: <code class="mono">{secret}</code>
        </p>
      )}
    </Section>
  );
}

/** What a test alert would look like, as one types. */
function Preview({ format, template }: { readonly format: Format; readonly template: string | null }) {
  const [shown, setShown] = useState<PreviewAnswer | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      call('previewNotification', { body: { format, template } }).then(
        (found) => {
          if (current) setShown(found);
        },
        () => undefined,
      );
    }, TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [format, template]);
  if (shown === null) return null;
  return (
    <details open={template !== null}>
      <summary>What it would get ({shown.type})</summary>
      {shown.problem !== null && (
        <p role="alert">
          <strong>This is no JSON: {visible(shown.problem)}</strong>
        </p>
      )}
      <pre class="code">{visible(shown.body)}</pre>
    </details>
  );
}

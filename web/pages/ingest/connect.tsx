import { useState } from 'preact/hooks';
import type { ConnectAnswer } from '../../../server/http/contract/connect.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { FirstRecord } from '../../components/first-record.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { reasonText } from '../../i18n/reason.ts';
import { pageTitle } from '../../i18n/server-texts.ts';
import type { Message } from '../../i18n/translate.ts';
import { apiText, message, rich, t, translated } from '../../i18n/translate.ts';
import { useCopyButton } from '../../state/clipboard.ts';
import { setSearchParams, useLocation } from '../../state/location.ts';

type Kit = ConnectAnswer['kits'][number];

/** Setup guides for every way to connect an account, with this server's URL and, on request, a new ingest key filled in. */
export function Connect() {
  const answer = useQuery('getConnectInstructions');
  const { query } = useLocation();
  const [key, setKey] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const { data } = answer;
  // Without an address that Firehose can reach, the first tab would only say that it does not work.
  const first = (data?.problem == null ? undefined : data.kits.find(({ id }) => id === 'forwarder')) ?? data?.kits[0];
  const kit = data?.kits.find((entry) => entry.id === query.get('kit')) ?? first;
  const isBlocked = kit !== undefined && pushesOf(kit) && data !== null && data.problem !== null;
  const create = (): void => {
    call('createToken', { body: { name: ['connect', kit?.id ?? ''].join(' ').trim(), scope: 'ingest' } }).then(
      (created) => setKey(created.token),
      (reason: unknown) => setError(reason instanceof Error ? reason.message : t('Failed to create the key')),
    );
  };
  return (
    <>
      <div class="title">
        <h1>{pageTitle('connect')}</h1>
        <div class="grow" />
        <button type="button" onClick={create} disabled={key !== null || data === null || isBlocked}>
          {t('Create ingest key')}
        </button>
      </div>
      <ErrorBanner result={answer} what={t('the setup guides')} shapes={{}} />
      {error !== null && <p role="alert">{error}</p>}
      {key !== null && (
        <p role="status">
          {t(
            'Key created and filled into the commands below. Copy them now; it will not be shown again. It can only send logs.',
          )}
        </p>
      )}
      {data !== null && kit !== undefined && (
        <>
          <div class="tabs" role="tablist" aria-label={t('Ways to connect')}>
            {data.kits.map((entry) => (
              <button
                type="button"
                role="tab"
                aria-selected={entry.id === kit.id}
                onClick={() => setSearchParams({ kit: entry.id })}
              >
                {kitTitle(entry)}
              </button>
            ))}
          </div>
          <KitView kit={kit} data={data} keyText={key} />
          <FirstRecord />
        </>
      )}
    </>
  );
}

const KITS: Readonly<Record<string, Message>> = {
  metrics: message('Metric stream'),
  'metrics-terraform': message('Metric stream (Terraform)'),
  forwarder: message('Lambda forwarder'),
  pull: message('[way to connect] Pull'),
  file: message('[way to connect] File'),
  proxy: message('Reverse proxy'),
};

/** The name of a way to connect; names of products stay as the server has them. */
function kitTitle({ id, title }: Kit): string {
  const known = KITS[id];
  return known === undefined ? title : translated(known);
}

/** Whether Firehose would deliver to this server. */
function pushesOf(kit: Kit): boolean {
  return kit.steps.some((step) => step.command?.includes('/ingest/firehose') === true);
}

function KitView({
  kit,
  data,
  keyText,
}: {
  readonly kit: Kit;
  readonly data: ConnectAnswer;
  readonly keyText: string | null;
}) {
  const fill = (text: string): string => (keyText === null ? text : text.replaceAll(data.keyPlaceholder, keyText));
  const pushes = pushesOf(kit);
  return (
    <section class="panel" aria-label={kitTitle(kit)}>
      <p>{apiText(`kit:${kit.id}`, kit.summary)}</p>
      {pushes && data.problem !== null && (
        <p role="alert" class="notice">
          {rich(
            '<b>This way does not work yet.</b> {problem} Until then, choose a way without Firehose, such as the forwarder or pull.',
            { problem: reasonText(data.problem, data.problemCode), b: (content) => <strong>{content}</strong> },
          )}
        </p>
      )}
      <ol class={pushes && data.problem !== null ? 'steps blocked' : 'steps'}>
        {kit.steps.map((step) => (
          <li>
            {apiText(`kit:step-${step.code}`, step.text)}
            {step.command !== null && <Code text={fill(step.command)} />}
          </li>
        ))}
      </ol>
      {kit.files.map((file) => (
        <details key={`${kit.id}/${file.name}`} open={kit.files.length === 1}>
          <summary class="mono">{file.name}</summary>
          <p>
            <a
              class="small"
              download={file.name}
              href={`data:text/plain;charset=utf-8,${encodeURIComponent(fill(file.text))}`}
            >
              {t('Download {name}', { name: file.name })}
            </a>
          </p>
          <Code text={fill(file.text)} />
        </details>
      ))}
    </section>
  );
}

function Code({ text }: { readonly text: string }) {
  const { label, copy } = useCopyButton(t('[verb] Copy'));
  return (
    <div class="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre class="code" tabIndex={0}>
        {text}
      </pre>
      <button type="button" class="plain small" onClick={() => copy(text)}>
        {label}
      </button>
    </div>
  );
}

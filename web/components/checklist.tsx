/** What makes an installation complete, and how far this one is. */
import type { SetupAnswer } from '../../server/http/contract/setup.ts';
import { useQuery } from '../api/use-query.ts';
import type { Message } from '../i18n/translate.ts';
import { message, t, translated } from '../i18n/translate.ts';
import { hrefTo } from '../state/location.ts';

interface Step {
  readonly key: keyof SetupAnswer;
  readonly label: Message;
  readonly help: Message;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

const STEPS: readonly Step[] = [
  {
    key: 'connected',
    label: message('Connect'),
    help: message('so that lines arrive by themselves'),
    path: '/connect',
  },
  {
    key: 'inventory',
    label: message('Inventory'),
    help: message('architecture, timeouts and VPCs, which log lines do not contain'),
    path: '/settings',
  },
  {
    key: 'retention',
    label: message('Retention'),
    help: message('how long data is kept: save it once, even unchanged'),
    path: '/settings',
  },
  {
    key: 'alert',
    label: message('Alert'),
    help: message('a rule or route with a receiver, such as a chat'),
    path: '/alerts',
    query: { tab: 'rules', new: '1' },
  },
  {
    key: 'password',
    label: message('Password'),
    help: message('to sign in without a token'),
    path: '/settings',
  },
];

const POLL_MS = 10_000;

/** Steps with their state; nothing where all are done and `hidesWhenDone`. */
export function Checklist({ title, hidesWhenDone }: { readonly title: string; readonly hidesWhenDone: boolean }) {
  const { data } = useQuery('getSetup', {}, { pollMs: POLL_MS });
  if (hidesWhenDone && (data === null || STEPS.every(({ key }) => data[key]))) return null;
  return (
    <section class={hidesWhenDone ? 'panel' : ''} aria-label={t('Checklist')}>
      {hidesWhenDone ? <h2>{title}</h2> : <h3>{title}</h3>}
      <ol class="checklist">
        {STEPS.map(({ key, label, help, path, query }) => (
          <li key={key}>
            {data !== null && (
              <span class={data[key] ? 'badge good' : 'badge'}>{data[key] ? t('done') : t('to do')}</span>
            )}
            <a href={hrefTo(path, query)}>{translated(label)}</a> <span class="soft small">{translated(help)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

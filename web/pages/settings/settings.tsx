import { useEffect, useState } from 'preact/hooks';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { SettingsAnswer } from '../../../server/http/contract/settings.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { Checklist } from '../../components/checklist.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { time, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { pageTitle } from '../../i18n/server-texts.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { SETTINGS_SECTIONS } from '../../state/settings-sections.ts';
import { useView } from '../../state/view.ts';
import { DeclaredFacts } from './declared-facts.tsx';
import { LineDeletion } from './line-deletion.tsx';
import { Prices } from './prices.tsx';
import { Redaction } from './redaction.tsx';
import { Tokens } from './tokens.tsx';
import { Users } from './users.tsx';

const POLL_MS = 1000;

/** Storage, retention, backups, declared configuration, prices, users, tokens, password and the audit log. */
export function Settings() {
  const answer = useQuery('getSettings');
  return (
    <>
      <div class="title">
        <h1>{pageTitle('settings')}</h1>
        {answer.data !== null && <span class="soft small">Thermocline {answer.data.version}</span>}
      </div>
      <SectionIndex isComplete={answer.data !== null} />
      <ErrorBanner result={answer} what={t('settings')} shapes={{ panels: 2 }} />
      <Checklist title={t('Setup')} hidesWhenDone />
      {answer.data !== null && <Storage data={answer.data} />}
      {answer.data !== null && <Retention data={answer.data} reload={answer.reload} />}
      <Redaction />
      <LineDeletion />
      {answer.data !== null && <Backups settings={answer.data} />}
      <DeclaredFacts />
      {answer.data !== null && <Prices data={answer.data} />}
      <Users />
      <Tokens />
      <OwnPassword />
      <Password />
      <Audit />
    </>
  );
}

/** Links to the sections. `isComplete`: those above the one of the address are there, so that it stays where it is. */
function SectionIndex({ isComplete }: { readonly isComplete: boolean }) {
  const section = useView().query.get('section');
  useEffect(() => {
    if (isComplete && section !== null) showSection(section);
  }, [section, isComplete]);
  return (
    <nav class="tabs" aria-label={t('Settings')}>
      {SETTINGS_SECTIONS.map(([key, title]) => (
        <a
          href={hrefTo('/settings', { section: key })}
          aria-current={key === section ? 'location' : undefined}
          // The address does not change where it names the section already.
          onClick={() => showSection(key)}
        >
          {translated(title)}
        </a>
      ))}
    </nav>
  );
}

function showSection(section: string): void {
  const title = SETTINGS_SECTIONS.find(([key]) => key === section)?.[1];
  if (title !== undefined) document.querySelector(`section[aria-label="${translated(title)}"]`)?.scrollIntoView();
}

function Storage({ data: { storage } }: { readonly data: SettingsAnswer }) {
  const { zone } = useView();
  return (
    <Section title={t('Storage')}>
      {storage.paused !== null && (
        <p role="alert">
          <strong>{storage.paused}</strong>
        </p>
      )}
      <div class="tiles">
        <StatTile label={t('Database')} value={byteSize(storage.databaseBytes)} note={storage.folder} />
        <StatTile
          label={t('Free disk space')}
          value={storage.freeBytes === null ? '–' : byteSize(storage.freeBytes)}
          note={t('minimum {size}', { size: byteSize(storage.minFreeBytes) })}
        />
        <StatTile
          label={t('Integrity')}
          value={
            storage.damage.length === 0 ? (storage.checkedAt === null ? t('not checked yet') : t('OK')) : t('damaged')
          }
          note={
            storage.checkedAt === null
              ? t('checked once a day')
              : t('last checked {time}', { time: time(storage.checkedAt, zone) })
          }
        />
      </div>
      {storage.damage.map(({ file, findings }) => (
        <p>
          <span class="badge bad">{t('damaged')}</span> {visible(file)}: {visible(findings[0] ?? '')}
        </p>
      ))}
    </Section>
  );
}

const RETENTION_FIELDS = [
  ['rawDays', message('Raw log lines'), 'rawSince'],
  ['detailDays', message('Invocations and other events'), 'detailSince'],
  ['historyDays', message('Rollups, causes, environments'), 'historySince'],
  ['quarantineDays', message('Dead letters (unparsable records)'), null],
] as const;

function Retention({ data: { retention }, reload }: { readonly data: SettingsAnswer; readonly reload: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const [days, setDays] = useState<Readonly<Record<string, string>>>({});
  const store = (retention: RequestOf<'updateSettings'>['body']['retention'], message: string): void =>
    action.run(async () => {
      await call('updateSettings', { body: { retention } });
      setDays({});
      reload();
      return message;
    });
  return (
    <Section title={t('Data retention')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const wanted = (key: (typeof RETENTION_FIELDS)[number][0]): number => Number(days[key] ?? retention[key]);
          store(
            {
              rawDays: wanted('rawDays'),
              detailDays: wanted('detailDays'),
              historyDays: wanted('historyDays'),
              quarantineDays: wanted('quarantineDays'),
            },
            t('Saved. Older data is deleted within minutes and cannot be restored.'),
          );
        }}
      >
        <DataTable
          label={t('Retention')}
          columns={[{ title: t('Data') }, { title: t('Days') }, { title: t('Kept since') }]}
          rows={RETENTION_FIELDS.map(([key, label, since]) => [
            <label for={key}>{translated(label)}</label>,
            <input
              id={key}
              type="number"
              min={key === 'rawDays' ? 0 : 1}
              max="3650"
              required
              value={days[key] ?? String(retention[key])}
              onInput={(event) => setDays({ ...days, [key]: event.currentTarget.value })}
            />,
            <span class="mono">{since === null ? '–' : time(retention[since], zone).slice(0, 10)}</span>,
          ])}
        />
        <p class="controls">
          <button type="submit" class="primary" disabled={action.busy}>
            {t('Save')}
          </button>
          {retention.source === 'stored' && (
            <button
              type="button"
              disabled={action.busy}
              onClick={() => store(null, t('Reset to the values of the server configuration.'))}
            >
              {t('Reset to defaults')}
            </button>
          )}
        </p>
      </form>
      <p class="soft small">{t('The age of a record counts from its timestamp or its receipt, whichever is later.')}</p>
      <ActionResult action={action} />
    </Section>
  );
}

function Backups({ settings }: { readonly settings: SettingsAnswer }) {
  const { zone } = useView();
  const action = useAction();
  const answer = useQuery('listBackups');
  const running = answer.data?.running ?? null;
  useEffect(() => {
    if (running === null) return;
    const timer = setTimeout(answer.reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [answer.data, running]);
  const { everyHours, keep, folder } = settings.backups;
  return (
    <Section
      title={t('Backups')}
      aside={
        <button
          type="button"
          disabled={action.busy || running !== null}
          onClick={() =>
            action.run(async () => {
              await call('startBackup', { body: {} });
              answer.reload();
              return t('Backup started.');
            })
          }
        >
          {t('Back up now')}
        </button>
      }
    >
      <p class="soft small">
        {everyHours === null
          ? t('Automatic backups are off. Set THERMOCLINE_BACKUP_HOURS to turn them on.')
          : t('Automatic backup every {everyHours} h; the newest {keep} are kept.', { everyHours, keep })}{' '}
        {rich('Folder: {folder}. To restore a backup, stop the server and run {command}.', {
          folder: visible(folder),
          command: <code>thermocline restore</code>,
        })}
      </p>
      <ErrorBanner result={answer} what={t('backups')} />
      {running !== null && (
        <p role="status">
          {running.what} <progress max={running.total} value={running.done} />
        </p>
      )}
      {answer.data?.error !== null && answer.data !== null && (
        <p role="alert">
          <strong>{t('Last backup failed: {error}', { error: visible(saidText(answer.data.error)) })}</strong>
        </p>
      )}
      <ActionResult action={action} />
      {answer.data !== null &&
        (answer.data.items.length === 0 ? (
          <p>{t('No backups yet.')}</p>
        ) : (
          <DataTable
            label={t('Backups')}
            columns={[
              { title: t('Created') },
              { title: t('Size'), number: true },
              { title: t('Trigger') },
              { title: t('Folder') },
            ]}
            rows={answer.data.items.map((one) => [
              <span class="mono">{time(one.createdAt, zone)}</span>,
              byteSize(one.bytes),
              one.by === 'schedule' ? t('schedule') : t('manual'),
              <span class="mono small">{visible(one.path)}</span>,
            ])}
          />
        ))}
    </Section>
  );
}

function Password() {
  const action = useAction();
  const [password, setPassword] = useState('');
  const save = (): void =>
    action.run(async () => {
      await call('setPassword', { body: { password } });
      setPassword('');
      return t('Password set. Sessions that used the old password have ended.');
    });
  return (
    <Section title={t('Web password')}>
      <ActionForm action={action} submit={t('Set password')} onSubmit={save}>
        <PasswordField label={newPasswordLabel()} value={password} set={setPassword} isNew />
      </ActionForm>
    </Section>
  );
}

/** Of the local user who has signed in. */
function OwnPassword() {
  const session = useQuery('getSession');
  const action = useAction();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  if (session.data?.how !== 'user') return null;
  const save = (): void =>
    action.run(async () => {
      await call('changeOwnPassword', { body: { current, password } });
      setCurrent('');
      setPassword('');
      return t('Password changed. Your other sessions have ended.');
    });
  return (
    <Section title={t('Your password')}>
      <ActionForm action={action} submit={t('Change password')} onSubmit={save}>
        <PasswordField label={t('current password')} value={current} set={setCurrent} />
        <PasswordField label={newPasswordLabel()} value={password} set={setPassword} isNew />
      </ActionForm>
    </Section>
  );
}

function newPasswordLabel(): string {
  return t('new password, 12 characters or more');
}

function Audit() {
  const { zone } = useView();
  const answer = useQuery('listAuditLog', { query: { limit: 50 } });
  return (
    <Section title={t('Audit log')}>
      <ErrorBanner result={answer} what={t('the audit log')} />
      {answer.data !== null && (
        <DataTable
          label={t('Audit log')}
          columns={[
            { title: t('Time') },
            { title: t('User') },
            { title: t('Client') },
            { title: t('Request') },
            { title: t('Status'), number: true },
          ]}
          rows={answer.data.items.map((one) => [
            <span class="mono">{time(one.at, zone)}</span>,
            visible(one.name === '' ? t('anonymous') : saidText(one.name)),
            visible(one.client),
            <span class="mono small">
              {one.method} {visible(one.path)}
            </span>,
            one.status,
          ])}
        />
      )}
    </Section>
  );
}

import { useEffect, useState } from 'preact/hooks';
import { byteSize, fixed, plural } from '../../../ingest/text/quantities.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import type { SettingsAnswer } from '../../../server/http/contract/settings.ts';
import type { NewTokenAnswer } from '../../../server/http/contract/tokens.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { Checklist } from '../../components/checklist.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { time, visible } from '../../format.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import { DeclaredFacts } from './declared-facts.tsx';
import { LineDeletion } from './line-deletion.tsx';
import { Redaction } from './redaction.tsx';

const POLL_MS = 1000;
const SCOPES = ['ingest', 'read', 'deploy', 'admin'] as const;

/** Storage, retention, backups, declared configuration, prices, tokens, password and the audit log. */
export function Settings() {
  const answer = useQuery('getSettings');
  return (
    <>
      <div class="title">
        <h1>{PAGES.settings.title}</h1>
        {answer.data !== null && <span class="soft small">Thermocline {answer.data.version}</span>}
      </div>
      <ErrorBanner result={answer} what="settings" />
      <Checklist title={t('Setup')} hidesWhenDone />
      {answer.data !== null && <Storage data={answer.data} />}
      {answer.data !== null && <Retention data={answer.data} reload={answer.reload} />}
      <Redaction />
      <LineDeletion />
      {answer.data !== null && <Backups settings={answer.data} />}
      <DeclaredFacts />
      {answer.data !== null && <Prices data={answer.data} />}
      <Tokens />
      <Password />
      <Audit />
    </>
  );
}

function Storage({ data: { storage, capacity } }: { readonly data: SettingsAnswer }) {
  const { zone } = useView();
  return (
    <Section title="Storage">
      {storage.paused !== null && (
        <p role="alert">
          <strong>{storage.paused}</strong>
        </p>
      )}
      <div class="tiles">
        <StatTile label="Database" value={byteSize(storage.databaseBytes)} note={storage.folder} />
        <StatTile
          label="Free disk space"
          value={storage.freeBytes === null ? '–' : byteSize(storage.freeBytes)}
          note={`minimum ${byteSize(storage.minFreeBytes)}`}
        />
        <StatTile
          label="Integrity"
          value={storage.damage.length === 0 ? (storage.checkedAt === null ? 'not checked yet' : 'OK') : 'damaged'}
          note={storage.checkedAt === null ? 'checked once a day' : `last checked ${time(storage.checkedAt, zone)}`}
        />
      </div>
      {storage.damage.map(({ file, findings }) => (
        <p>
          <span class="badge bad">damaged</span> {visible(file)}: {visible(findings[0] ?? '')}
        </p>
      ))}
      <p class="soft small">{capacity}.</p>
    </Section>
  );
}

const RETENTION_FIELDS = [
  ['rawDays', 'Raw log lines', 'rawSince'],
  ['detailDays', 'Invocations and other events', 'detailSince'],
  ['historyDays', 'Rollups, causes, environments', 'historySince'],
  ['quarantineDays', 'Dead letters (unparsable records)', null],
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
    <Section title="Data retention">
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
            'Saved. Older data is deleted within minutes and cannot be restored.',
          );
        }}
      >
        <DataTable
          label="Retention"
          columns={[{ title: 'Data' }, { title: 'Days' }, { title: 'Kept since' }]}
          rows={RETENTION_FIELDS.map(([key, label, since]) => [
            <label for={key}>{label}</label>,
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
            Save
          </button>
          {retention.source === 'stored' && (
            <button
              type="button"
              disabled={action.busy}
              onClick={() => store(null, 'Reset to the values of the server configuration.')}
            >
              Reset to defaults
            </button>
          )}
        </p>
      </form>
      <p class="soft small">The age of a record counts from its timestamp or its receipt, whichever is later.</p>
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
      title="Backups"
      aside={
        <button
          type="button"
          disabled={action.busy || running !== null}
          onClick={() =>
            action.run(async () => {
              await call('startBackup', { body: {} });
              answer.reload();
              return 'Backup started.';
            })
          }
        >
          Back up now
        </button>
      }
    >
      <p class="soft small">
        {everyHours === null
          ? 'Automatic backups are off. Set THERMOCLINE_BACKUP_HOURS to turn them on.'
          : `Automatic backup every ${everyHours} h; the newest ${keep} are kept.`}{' '}
        Folder: {visible(folder)}. To restore a backup, stop the server and run <code>thermocline restore</code>.
      </p>
      <ErrorBanner result={answer} what="backups" />
      {running !== null && (
        <p role="status">
          {running.what} <progress max={running.total} value={running.done} />
        </p>
      )}
      {answer.data?.error !== null && answer.data !== null && (
        <p role="alert">
          <strong>Last backup failed: {visible(answer.data.error)}</strong>
        </p>
      )}
      <ActionResult action={action} />
      {answer.data !== null &&
        (answer.data.items.length === 0 ? (
          <p>No backups yet.</p>
        ) : (
          <DataTable
            label="Backups"
            columns={[{ title: 'Created' }, { title: 'Size', number: true }, { title: 'Trigger' }, { title: 'Folder' }]}
            rows={answer.data.items.map((one) => [
              <span class="mono">{time(one.createdAt, zone)}</span>,
              byteSize(one.bytes),
              one.by === 'schedule' ? 'schedule' : 'manual',
              <span class="mono small">{visible(one.path)}</span>,
            ])}
          />
        ))}
    </Section>
  );
}

function Tokens() {
  const { zone } = useView();
  const answer = useQuery('listTokens');
  const action = useAction();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<(typeof SCOPES)[number]>('read');
  const [created, setCreated] = useState<NewTokenAnswer | null>(null);
  const add = (): void =>
    action.run(async () => {
      setCreated(await call('createToken', { body: { name, scope } }));
      setName('');
      answer.reload();
      return 'Token created. Copy it now; it will not be shown again.';
    });
  const revoke = (id: string): void =>
    action.run(async () => {
      await call('revokeToken', { params: { id } });
      answer.reload();
      return 'Token revoked; its sessions have ended.';
    });
  return (
    <Section title="Tokens">
      <ActionForm action={action} submit="Create token" onSubmit={add}>
        <label class="small">
          name <input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="small">
          scope{' '}
          <select value={scope} onChange={(event) => setScope(oneOf(SCOPES, event.currentTarget.value) ?? 'read')}>
            <option value="ingest">ingest</option>
            <option value="read">read</option>
            <option value="admin">admin</option>
          </select>
        </label>
      </ActionForm>
      {created !== null && (
        <p>
          <code class="mono">{created.token}</code>
        </p>
      )}
      <ErrorBanner result={answer} what="tokens" />
      {answer.data !== null && (
        <DataTable
          label="Tokens"
          columns={[{ title: 'Name' }, { title: 'Scope' }, { title: 'Created' }, { title: 'Last used' }, { title: '' }]}
          rows={answer.data.items.map((one) => [
            visible(one.name),
            one.scope,
            <span class="mono">{time(one.createdAt, zone).slice(0, 10)}</span>,
            <span class="mono">{one.lastUsedAt === null ? 'never' : time(one.lastUsedAt, zone)}</span>,
            one.revokedAt === null ? (
              <button type="button" class="plain" disabled={action.busy} onClick={() => revoke(one.id)}>
                Revoke<span class="visually-hidden"> {one.name}</span>
              </button>
            ) : (
              <span class="badge">revoked</span>
            ),
          ])}
        />
      )}
    </Section>
  );
}

function Password() {
  const action = useAction();
  const [password, setPassword] = useState('');
  return (
    <Section title="Web password">
      <ActionForm
        action={action}
        submit="Set password"
        onSubmit={() => {
          action.run(async () => {
            await call('setPassword', { body: { password } });
            setPassword('');
            return 'Password set. Sessions that used the old password have ended.';
          });
        }}
      >
        <label class="small">
          new password, 12 characters or more{' '}
          <input
            type="password"
            autocomplete="new-password"
            minLength={12}
            maxLength={128}
            required
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        </label>
      </ActionForm>
    </Section>
  );
}

function Audit() {
  const { zone } = useView();
  const answer = useQuery('listAuditLog', { query: { limit: 50 } });
  return (
    <Section title="Audit log">
      <ErrorBanner result={answer} what="the audit log" />
      {answer.data !== null && (
        <DataTable
          label="Audit log"
          columns={[
            { title: 'Time' },
            { title: 'User' },
            { title: 'Client' },
            { title: 'Request' },
            { title: 'Status', number: true },
          ]}
          rows={answer.data.items.map((one) => [
            <span class="mono">{time(one.at, zone)}</span>,
            visible(one.name === '' ? 'anonymous' : one.name),
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

function Prices({ data: { prices } }: { readonly data: SettingsAnswer }) {
  return (
    <Section title="Prices">
      <p class="soft small">
        AWS list prices as of {prices.asOf}, first tier. Savings plans and another tier are declared in the environment;
        the free tier is not deducted.
      </p>
      <details>
        <summary>{plural(prices.regions.length, 'region')}</summary>
        <DataTable
          label="Prices"
          columns={[
            { title: 'Region' },
            { title: 'x86, GB-s', number: true },
            { title: 'arm64, GB-s', number: true },
            { title: '1 M requests', number: true },
            { title: 'Currency' },
          ]}
          rows={prices.regions.map((one) => [
            one.region,
            one.x86PerGbS,
            one.arm64PerGbS,
            fixed(one.perRequest * 1e6, 2),
            one.currency,
          ])}
        />
      </details>
    </Section>
  );
}

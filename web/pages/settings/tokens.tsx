/** Access tokens: those that exist, and a form for a new one. */

import { useState } from 'preact/hooks';
import type { NewTokenAnswer } from '../../../server/http/contract/tokens.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';
import { EXAMPLE, entriesIn } from './users.tsx';

const SCOPES = ['ingest', 'read', 'deploy', 'edit', 'admin'] as const;
const RESTRICTED: readonly string[] = ['read', 'deploy', 'edit'];

export function Tokens() {
  const { zone } = useView();
  const answer = useQuery('listTokens');
  const action = useAction();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<(typeof SCOPES)[number]>('read');
  const [functions, setFunctions] = useState('');
  const [created, setCreated] = useState<NewTokenAnswer | null>(null);
  const add = (): void =>
    action.run(async () => {
      const restriction = RESTRICTED.includes(scope) ? entriesIn(functions) : null;
      setCreated(
        await call('createToken', { body: { name, scope, ...(restriction === null ? {} : { restriction }) } }),
      );
      setName('');
      setFunctions('');
      answer.reload();
      return t('Token created. Copy it now; it will not be shown again.');
    });
  const revoke = (id: string): void =>
    action.run(async () => {
      await call('revokeToken', { params: { id } });
      answer.reload();
      return t('Token revoked; its sessions have ended.');
    });
  return (
    <Section title={t('Tokens')}>
      <ActionForm action={action} submit={t('Create token')} onSubmit={add}>
        <label class="small">
          {t('name')}{' '}
          <input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="small">
          {t('scope')}{' '}
          <select
            translate={false}
            value={scope}
            onChange={(event) => setScope(oneOf(SCOPES, event.currentTarget.value) ?? 'read')}
          >
            {SCOPES.map((one) => (
              <option value={one} lang="en">
                {one}
              </option>
            ))}
          </select>
        </label>
        {RESTRICTED.includes(scope) && (
          <label class="small">
            {t('only functions')}{' '}
            <input
              size={40}
              value={functions}
              placeholder={EXAMPLE}
              onInput={(event) => setFunctions(event.currentTarget.value)}
            />
          </label>
        )}
      </ActionForm>
      {created !== null && (
        <p>
          <code class="mono">{created.token}</code>
        </p>
      )}
      <ErrorBanner result={answer} what={t('tokens')} />
      {answer.data !== null && (
        <DataTable
          label={t('Tokens')}
          columns={[
            { title: t('Name') },
            { title: t('Scope') },
            { title: t('Created') },
            { title: t('Last used') },
            { title: '' },
          ]}
          rows={answer.data.items.map((one) => [
            visible(saidText(one.name)),
            <span translate={false}>
              {one.scope}{' '}
              {one.restriction !== null && <span class="mono small">{visible(one.restriction.join(' '))}</span>}
            </span>,
            <span class="mono">{time(one.createdAt, zone).slice(0, 10)}</span>,
            <span class="mono">{one.lastUsedAt === null ? t('never') : time(one.lastUsedAt, zone)}</span>,
            one.revokedAt === null ? (
              <button type="button" class="plain" disabled={action.busy} onClick={() => revoke(one.id)}>
                {t('Revoke')}
                <span class="visually-hidden"> {one.name}</span>
              </button>
            ) : (
              <span class="badge">{t('revoked')}</span>
            ),
          ])}
        />
      )}
    </Section>
  );
}

import { useState } from 'preact/hooks';
import type { UserItem } from '../../../server/http/contract/users.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { rich, t } from '../../i18n/translate.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

/** Of entries of a restriction. */
export const EXAMPLE = 'function:payments-* account:111122223333';
const ROLES = ['viewer', 'editor', 'admin'] as const;

/** Users who signed in with the identity provider: what they may do, and their sessions. */
export function Users() {
  const { zone } = useView();
  const answer = useQuery('listUsers');
  const action = useAction();
  const [edited, setEdited] = useState<UserItem | null>(null);
  const run = (work: () => Promise<unknown>, done: string): void =>
    action.run(async () => {
      await work();
      setEdited(null);
      answer.reload();
      return done;
    });
  const update = ({ id }: UserItem, body: Pick<UserItem, 'assigned' | 'disabled'>): Promise<UserItem> =>
    call('updateUser', { params: { id }, body });
  return (
    <Section title={t('Users')}>
      <ErrorBanner result={answer} what={t('users')} />
      {answer.data?.items.length === 0 && (
        <p class="soft small">
          {rich('No users have signed in with an identity provider. Set {setting} to offer it.', {
            setting: <code>THERMOCLINE_OIDC_ISSUER</code>,
          })}
        </p>
      )}
      {answer.data !== null && answer.data.items.length > 0 && (
        <DataTable
          label={t('Users')}
          columns={[
            { title: t('Name') },
            { title: t('Role') },
            { title: t('Functions') },
            { title: t('Last seen') },
            { title: t('Sessions'), number: true },
            { title: '' },
          ]}
          rows={answer.data.items.map((user) => [
            <span title={visible(user.email ?? user.subject)}>{visible(user.name)}</span>,
            <>
              <span translate={false}>{user.role}</span>{' '}
              {user.assigned !== null && <span class="badge">{t('assigned')}</span>}
            </>,
            <span class="mono small">
              {user.restriction === null ? t('all') : visible(user.restriction.join(' '))}
            </span>,
            <span class="mono">{time(user.lastSeenAt, zone)}</span>,
            user.sessions,
            <Buttons
              user={user}
              action={action}
              edit={() => setEdited(user)}
              signOut={() => run(() => call('endUserSessions', { params: { id: user.id } }), t('Signed out.'))}
              toggle={() =>
                run(
                  () => update(user, { assigned: user.assigned, disabled: !user.disabled }),
                  user.disabled ? t('Enabled.') : t('Disabled; all sessions have ended.'),
                )
              }
            />,
          ])}
        />
      )}
      {edited !== null && (
        <Assignment
          key={edited.id}
          user={edited}
          action={action}
          save={(assigned) => run(() => update(edited, { assigned, disabled: edited.disabled }), t('Saved.'))}
        />
      )}
      {edited === null && <ActionResult action={action} />}
    </Section>
  );
}

interface ButtonsProps {
  readonly user: UserItem;
  readonly action: Action;
  readonly edit: () => void;
  readonly signOut: () => void;
  readonly toggle: () => void;
}

function Buttons({ user, action, edit, signOut, toggle }: ButtonsProps) {
  const button = (label: string, onClick: () => void, disabled = false) => (
    <button type="button" class="plain" disabled={action.busy || disabled} onClick={onClick}>
      {label}
      <span class="visually-hidden"> {user.name}</span>
    </button>
  );
  return (
    <>
      {button(t('Change role'), edit)}
      {button(t('Sign out'), signOut, user.sessions === 0)}
      {button(user.disabled ? t('Enable') : t('Disable'), toggle)}
    </>
  );
}

/** The role and the functions of one user: as the provider's groups say, or others in their place. */
function Assignment({
  user,
  action,
  save,
}: {
  readonly user: UserItem;
  readonly action: Action;
  readonly save: (assigned: UserItem['assigned']) => void;
}) {
  const [role, setRole] = useState(user.assigned?.role ?? '');
  const [entries, setEntries] = useState((user.assigned?.restriction ?? []).join(' '));
  const assignedRole = oneOf(ROLES, role);
  const submit = (): void => {
    const restriction = entriesIn(entries);
    save(
      assignedRole === undefined
        ? null
        : { role: assignedRole, restriction: assignedRole === 'admin' ? null : restriction },
    );
  };
  return (
    <ActionForm action={action} submit={t('Save')} onSubmit={submit}>
      <label class="small">
        {t('Role of {name}', { name: visible(user.name) })}{' '}
        <select value={role} onChange={(event) => setRole(event.currentTarget.value)}>
          <option value="">{t('by the groups of the provider: {role}', { role: user.claimed.role })}</option>
          {ROLES.map((one) => (
            <option value={one} translate={false}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {assignedRole !== undefined && assignedRole !== 'admin' && (
        <label class="small">
          {t('Functions')}{' '}
          <input
            value={entries}
            placeholder={EXAMPLE}
            size={40}
            onInput={(event) => setEntries(event.currentTarget.value)}
          />
        </label>
      )}
    </ActionForm>
  );
}

/** The entries of a restriction in a field; null for every function. */
export function entriesIn(text: string): string[] | null {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  return entries.length === 0 ? null : entries;
}

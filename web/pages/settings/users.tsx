import { useState } from 'preact/hooks';
import type { InvitationAnswer, UserItem } from '../../../server/http/contract/users.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { rich, t } from '../../i18n/translate.ts';
import type { Action } from '../../state/action.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

/** Of entries of a restriction. */
export const EXAMPLE = 'account:111122223333 tag:team=Payments';
/** Issuer of users with passwords here. */
const LOCAL = 'local';
const ROLES = ['viewer', 'editor', 'admin'] as const;

/** Users: what they may do, their sessions, and a form to invite one who signs in with a password. */
export function Users() {
  const { zone } = useView();
  const answer = useQuery('listUsers');
  const action = useAction();
  /** Null: the form is for a new user. */
  const [edited, setEdited] = useState<UserItem | null>(null);
  const [link, setLink] = useState('');
  const run = (work: () => Promise<unknown>, done: string): void =>
    action.run(async () => {
      setLink('');
      await work();
      setEdited(null);
      answer.reload();
      return done;
    });
  const update = ({ id }: UserItem, body: Pick<UserItem, 'assigned' | 'disabled'>): Promise<UserItem> =>
    call('updateUser', { params: { id }, body });
  const invite = (work: () => Promise<InvitationAnswer>): void =>
    run(
      async () => setLink(`${window.location.origin}${(await work()).path}`),
      t('Send this link to the user, who chooses a password with it. It works once, within an hour:'),
    );
  return (
    <Section title={t('Users')}>
      <ErrorBanner result={answer} what={t('users')} />
      {answer.data?.items.length === 0 && (
        <p class="soft small">
          {rich('There are no users. Invite one, or set {setting} to let users sign in with an identity provider.', {
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
            <span class="mono">{user.lastSeenAt === null ? t('never') : time(user.lastSeenAt, zone)}</span>,
            user.sessions,
            <Buttons
              user={user}
              action={action}
              edit={() => setEdited(user)}
              reset={() => invite(() => call('inviteUser', { params: { id: user.id } }))}
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
      <GrantForm
        key={edited?.id}
        user={edited}
        action={action}
        save={(assigned) =>
          edited !== null && run(() => update(edited, { assigned, disabled: edited.disabled }), t('Saved.'))
        }
        add={(body) => invite(() => call('createUser', { body }))}
      />
      {link !== '' && (
        <p>
          <code class="mono">{link}</code>
        </p>
      )}
    </Section>
  );
}

interface ButtonsProps {
  readonly user: UserItem;
  readonly action: Action;
  readonly edit: () => void;
  readonly reset: () => void;
  readonly signOut: () => void;
  readonly toggle: () => void;
}

function Buttons({ user, action, edit, reset, signOut, toggle }: ButtonsProps) {
  const button = (label: string, onClick: () => void, disabled = false) => (
    <button type="button" class="plain" disabled={action.busy || disabled} onClick={onClick}>
      {label}
      <span class="visually-hidden"> {user.name}</span>
    </button>
  );
  return (
    <>
      {button(t('Change role'), edit)}
      {user.issuer === LOCAL && !user.disabled && button(t('Reset password'), reset)}
      {button(t('Sign out'), signOut, user.sessions === 0)}
      {button(user.disabled ? t('Enable') : t('Disable'), toggle)}
    </>
  );
}

/** The role and the functions of a user: those of the provider's groups, or others. Without a user: of a new one, who is invited. */
function GrantForm({
  user,
  action,
  save,
  add,
}: {
  readonly user: UserItem | null;
  readonly action: Action;
  readonly save: (assigned: UserItem['assigned']) => void;
  readonly add: (body: RequestOf<'createUser'>['body']) => void;
}) {
  const own = user?.issuer === LOCAL ? user : user?.assigned;
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>(own?.role ?? (user === null ? 'viewer' : ''));
  const [entries, setEntries] = useState((own?.restriction ?? []).join(' '));
  const chosen = oneOf(ROLES, role);
  const submit = (): void => {
    const grant =
      chosen === undefined ? null : { role: chosen, restriction: chosen === 'admin' ? null : entriesIn(entries) };
    if (user !== null) save(grant);
    else if (grant !== null) add({ name, ...grant });
  };
  return (
    <ActionForm action={action} submit={user === null ? t('Invite user') : t('Save')} onSubmit={submit}>
      {user === null && (
        <label class="small">
          {t('User name')}{' '}
          <input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
      )}
      <label class="small">
        {user === null ? t('Role') : t('Role of {name}', { name: visible(user.name) })}{' '}
        <select value={role} onChange={(event) => setRole(event.currentTarget.value)}>
          {user !== null && user.issuer !== LOCAL && (
            <option value="">{t('by the groups of the provider: {role}', { role: user.claimed.role })}</option>
          )}
          {ROLES.map((one) => (
            <option value={one} translate={false}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {chosen !== undefined && chosen !== 'admin' && (
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

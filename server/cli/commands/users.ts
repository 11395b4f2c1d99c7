/** `thermocline users`: adds, lists, disables, enables and resets users, through the running server or directly. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { InvitationAnswer, UserItem } from '../../http/contract/users.ts';
import { ROLES } from '../../storage/questions/users/types.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeErr, writeOut } from '../output.ts';
import { table } from '../table.ts';
import type { Target } from '../target.ts';
import { withTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

interface AddOptions {
  readonly role: string;
  readonly restriction?: readonly string[];
}

export function usersCommands(program: Command, run: Run): void {
  const users = program.command('users').description('add, list, disable and reset users with passwords');
  users
    .command('add')
    .description('add a user, and print the link with which the user chooses a password; it works once, within an hour')
    .argument('<name>', 'name with which the user signs in')
    .addOption(new Option('--role <role>', 'what the user may do').choices([...ROLES]).makeOptionMandatory())
    .option(
      '--restriction <entries...>',
      'functions that the user may see, such as tag:team=payments or function:payments-*; every function by default',
    )
    .addHelpText(
      'after',
      examples(
        'thermocline users add ada --role admin',
        "thermocline users add grace --role editor --restriction 'tag:team=payments'",
      ),
    )
    .action((name: string, { role, restriction = undefined }: AddOptions) =>
      run(() =>
        onServer(async (target) =>
          printLink(target, await ask(target, 'POST', '', { name, role, restriction: restriction ?? null })),
        ),
      ),
    );
  users
    .command('list')
    .description('list users with their roles')
    .action(() => run(() => onServer(listUsers)));
  users
    .command('reset')
    .description('end the password and all sessions of a user, and print the link with which the user chooses another')
    .argument('<user>', 'name or id')
    .action((user: string) =>
      run(() =>
        onServer(async (target) => {
          const { id } = await userNamed(target, user);
          printLink(target, await ask(target, 'POST', `/${encodeURIComponent(id)}/invitation`));
        }),
      ),
    );
  for (const [name, isDisabled, done] of [
    ['disable', true, 'is disabled; all sessions have ended'],
    ['enable', false, 'may sign in'],
  ] as const)
    users
      .command(name)
      .description(isDisabled ? 'end all sessions of a user, and refuse new ones' : 'let a disabled user sign in again')
      .argument('<user>', 'name or id')
      .action((user: string) =>
        run(() =>
          onServer(async (target) => {
            const { id, name: shown, assigned } = await userNamed(target, user);
            await ask(target, 'PUT', `/${encodeURIComponent(id)}`, { assigned, disabled: isDisabled });
            writeOut(`${plain(shown)} ${done}.\n`);
          }),
        ),
      );
}

function onServer(work: (target: Target) => Promise<void>): Promise<number> {
  return withTarget(configFromProcess(), work);
}

async function ask<T>(target: Target, method: string, path: string, body?: object): Promise<T> {
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return readAnswer<T>(await target.request(`/api/v1/users${path}`, init));
}

function printLink({ url }: Target, { user, path }: InvitationAnswer): void {
  const base = configFromProcess().publicUrl ?? url;
  writeOut(`${base ?? ''}${path}\n`);
  if (base === null) writeErr('No server is running: put its address in front, or set THERMOCLINE_PUBLIC_URL.\n');
  writeErr(
    `${plain(user.name)} chooses a password at this address, which works once, within an hour. Send it safely.\n`,
  );
}

async function usersOf(target: Target): Promise<readonly UserItem[]> {
  return (await readAnswer<{ items: UserItem[] }>(await target.request('/api/v1/users'))).items;
}

/** @throws UserError */
async function userNamed(target: Target, text: string): Promise<UserItem> {
  const all = await usersOf(target);
  const same = (name: string): boolean => name.toLowerCase() === text.trim().toLowerCase();
  const found = all.filter(({ id, name, email }) => id === text || same(name) || same(email ?? ''));
  const [only] = found;
  if (only === undefined) throw new UserError(`No user ${text}. List them with \`thermocline users list\`.`);
  if (found.length > 1)
    throw new UserError(`Several users are called ${text}. Use an id: ${found.map(({ id }) => id).join(', ')}`);
  return only;
}

async function listUsers(target: Target): Promise<void> {
  const rows = (await usersOf(target)).map((user) => [
    user.id,
    user.role,
    user.disabled ? 'disabled' : user.invitedUntil === null ? 'active' : 'invited',
    user.lastSeenAt ?? 'never',
    plain(user.name),
    plain(user.restriction?.join(' ') ?? ''),
  ]);
  writeOut(table([['ID', 'ROLE', 'STATE', 'LAST SEEN', 'NAME', 'FUNCTIONS'], ...rows]));
}

/** `thermocline sign-in`: prints a link that signs a browser in. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { SignInCodeAnswer } from '../../http/contract/access.ts';
import type { Run } from '../command.ts';
import { writeErr, writeOut } from '../output.ts';
import { signInLink } from '../sign-in-link.ts';
import { findServer } from '../target.ts';
import { UserError } from '../user-error.ts';

export function signInCommand(program: Command, run: Run): void {
  program
    .command('sign-in')
    .description('print a link that signs a browser in; it works once, within a minute')
    .option('--token <id>', 'token that the session belongs to (default: the oldest admin token)')
    .action(({ token }: { token?: string }) => run(() => printLink(configFromProcess(), token)));
}

async function printLink(config: Config, token: string | undefined): Promise<number> {
  const server = await findServer(config);
  if (server === null || server.url === null)
    throw new UserError('No server is running on this data folder. Start one with `thermocline serve`.');
  const response = await server.request('/api/v1/session/code', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tokenId: token }),
  });
  const { code, name } = await readAnswer<SignInCodeAnswer>(response);
  writeOut(`${signInLink(config.publicUrl ?? server.url, code)}\n`);
  writeErr(`Signs in as ${name}. The link works once, within a minute.\n`);
  return 0;
}

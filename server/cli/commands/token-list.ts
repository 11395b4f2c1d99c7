/** `thermocline token list`: lists tokens, through the running server or directly. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { Token } from '../../http/contract/tokens.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { table } from '../table.ts';
import { withTarget } from '../target.ts';

export function tokenListCommand(token: Command, run: Run): void {
  token
    .command('list')
    .description('list tokens (without their secrets)')
    .action(() => run(listTokens));
}

function listTokens(): Promise<number> {
  return withTarget(configFromProcess(), async (target) => {
    const { items } = await readAnswer<{ items: Token[] }>(await target.request('/api/v1/tokens'));
    const rows = items.map((token) => [
      token.id,
      token.scope,
      state(token),
      token.lastUsedAt ?? 'never',
      plain(token.name),
    ]);
    writeOut(table([['ID', 'SCOPE', 'STATE', 'LAST USED', 'NAME'], ...rows]));
  });
}

function state(token: Token): string {
  if (token.revokedAt !== null) return 'revoked';
  if (token.expiresAt === null) return 'active';
  return Date.parse(token.expiresAt) < Date.now() ? 'expired' : `until ${token.expiresAt.slice(0, 10)}`;
}

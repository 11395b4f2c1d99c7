/** `thermocline token`: creates, lists and revokes tokens, through the running server or directly. */

import { readAnswer } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import type { NewTokenAnswer, Token } from '../http/contract/tokens.ts';
import type { Target } from './target.ts';
import { openTarget } from './target.ts';
import { plain } from './text.ts';

async function withTarget(config: Config, work: (target: Target) => Promise<void>): Promise<number> {
  const target = await openTarget(config);
  try {
    await work(target);
    return 0;
  } finally {
    await target.close();
  }
}

export function createToken(
  config: Config,
  name: string,
  options: { readonly scope: string; readonly expiresInDays?: number },
): Promise<number> {
  return withTarget(config, async (target) => {
    const response = await target.request('/api/v1/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, ...options }),
    });
    const created = await readAnswer<NewTokenAnswer>(response);
    process.stdout.write(`${created.token}\n`);
    process.stderr.write(`Token ${created.id} (${created.scope}) is not shown again. Store it now.\n`);
  });
}

export function listTokens(config: Config): Promise<number> {
  return withTarget(config, async (target) => {
    const { items } = await readAnswer<{ items: Token[] }>(await target.request('/api/v1/tokens'));
    const rows = items.map((token) => [
      token.id,
      token.scope,
      state(token),
      token.lastUsedAt ?? 'never',
      plain(token.name),
    ]);
    const table = [['ID', 'SCOPE', 'STATE', 'LAST USED', 'NAME'], ...rows];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
    for (const row of table) {
      process.stdout.write(
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
      );
    }
  });
}

export function revokeToken(config: Config, id: string): Promise<number> {
  return withTarget(config, async (target) => {
    await readAnswer(await target.request(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }));
    process.stdout.write(`Token ${id} revoked.\n`);
  });
}

function state(token: Token): string {
  if (token.revokedAt !== null) return 'revoked';
  if (token.expiresAt === null) return 'active';
  return Date.parse(token.expiresAt) < Date.now() ? 'expired' : `until ${token.expiresAt.slice(0, 10)}`;
}

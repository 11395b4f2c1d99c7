/** `thermocline token revoke`: revokes a token, through the running server or directly. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { withTarget } from '../target.ts';

export function tokenRevokeCommand(token: Command, run: Run): void {
  token
    .command('revoke')
    .description('revoke a token and end its sessions')
    .argument('<id>', 'id as listed')
    .action((id: string) => run(() => revokeToken(id)));
}

function revokeToken(id: string): Promise<number> {
  return withTarget(configFromProcess(), async (target) => {
    await readAnswer(await target.request(`/api/v1/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }));
    writeOut(`Token ${id} revoked.\n`);
  });
}

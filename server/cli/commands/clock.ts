/** `thermocline clock`: whether the system clock is plausible, and its acceptance by an operator. */
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { configFromProcess } from '../../config/environment.ts';
import type { ClockAnswer } from '../../http/contract/settings.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import { withTarget } from '../target.ts';

export function clockCommand(program: Command, run: Run): void {
  program
    .command('clock')
    .description('show the time that the server goes by, and whether the system clock is plausible')
    .option('--accept', 'take the system clock as right, although it contradicts the last known time')
    .action((options: { accept?: true }) =>
      run(() =>
        withTarget(configFromProcess(), async (target) => {
          const headers = { 'content-type': 'application/json' };
          const init = options.accept === true ? { method: 'POST', body: '{}', headers } : {};
          const { now, doubt } = await readAnswer<ClockAnswer>(await target.request('/api/v1/clock', init));
          writeOut(`${now}${doubt === null ? '' : `\n${doubt}`}\n`);
        }),
      ),
    );
}

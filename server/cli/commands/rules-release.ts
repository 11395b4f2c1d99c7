/** `thermocline rules release`: lets pages and API change again what was applied from files. */
import type { Command } from 'commander';
import { requestJson } from '../../../ingest/api/api-client.ts';
import type { ReleaseAnswer } from '../../http/contract/alert-configuration.ts';
import type { Run } from '../command.ts';
import { writeOut } from '../output.ts';
import type { RulesOptions } from '../rules-code.ts';
import { codeOptions } from '../rules-options.ts';

export function rulesReleaseCommand(rules: Command, run: Run): void {
  codeOptions(
    rules
      .command('release')
      .description('let pages and API change again what an owner applied; the rules themselves stay as they are'),
  ).action((options: RulesOptions) =>
    run(async () => {
      const { withTargetOf } = await import('../rules-code.ts');
      const { released } = await withTargetOf(options, (target) =>
        requestJson<ReleaseAnswer>(target.request, `/api/v1/alerts/configuration/owners/${options.owner}`, {
          method: 'DELETE',
        }),
      );
      writeOut(`Released ${released} of owner ${options.owner}.\n`);
      return 0;
    }),
  );
}

/** `thermocline completion`: prints a script that completes commands and options in a shell. */
import type { Command } from 'commander';
import { Argument } from 'commander';
import type { Run } from '../command.ts';
import type { Shell } from '../completion-script.ts';
import { completionScript, SHELLS } from '../completion-script.ts';
import { writeOut } from '../output.ts';

export function completionCommand(program: Command, run: Run): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'shell').choices([...SHELLS]))
    .addHelpText(
      'after',
      `
Load it:
  bash  source <(thermocline completion bash), in ~/.bashrc
  zsh   source <(thermocline completion zsh), in ~/.zshrc after compinit
  fish  thermocline completion fish > ~/.config/fish/completions/thermocline.fish
`,
    )
    .action((shell: Shell) =>
      run(() => {
        writeOut(completionScript(shell, program));
        return 0;
      }),
    );
}

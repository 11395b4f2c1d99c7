/** `thermocline demo`. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { configFromProcess } from '../../config/environment.ts';
import { examples, fleetSize, wholeNumber } from '../arguments.ts';
import type { Run } from '../command.ts';

interface DemoArguments {
  readonly seed: number;
  readonly functions?: number;
  readonly truth?: string;
  readonly remove?: true;
  readonly live?: true;
  readonly replace: boolean;
}

export function demoCommand(program: Command, run: Run): void {
  program
    .command('demo')
    .description('load the data of a simulated fleet in place of an earlier one, through the regular ingest path')
    .addOption(new Option('--seed <n>', 'random seed').default(1).argParser(wholeNumber))
    .addOption(
      new Option('--functions <n>', 'simulate a mixed fleet of 1 to 500 functions for one day instead').argParser(
        fleetSize,
      ),
    )
    .option('--truth <file>', 'write the ground truth (cold start causes, keep-alive, duration curves) to a file')
    .addOption(new Option('--live', 'keep sending live data until it is stopped').conflicts('functions'))
    .addOption(new Option('--no-replace', 'for a server, which removes the earlier data itself').hideHelp())
    .option('--remove', 'delete everything of the simulated fleet instead')
    .addHelpText(
      'after',
      examples(
        'thermocline demo',
        'thermocline demo --live',
        'thermocline demo --remove',
        'THERMOCLINE_DATA=/tmp/demo thermocline demo --seed 7 --functions 50 --truth truth.json',
      ),
    )
    .action(({ seed, functions, truth, remove, live, replace }: DemoArguments) =>
      run(async () => {
        if (remove === true) return (await import('../delete.ts')).removeDemo(configFromProcess());
        return (await import('../demo.ts')).demo(configFromProcess(), {
          seed,
          functions: functions ?? null,
          truth: truth ?? null,
          live: live === true,
          replaces: replace,
        });
      }),
    );
}

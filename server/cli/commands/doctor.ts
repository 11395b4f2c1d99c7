/** `thermocline doctor`. */
import type { Command } from 'commander';
import type { Run } from '../command.ts';
import type { DoctorOptions } from '../doctor.ts';

export function doctorCommand(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('check configuration, disk, database, backups, clock, AWS permissions and reachability; read-only')
    .option('--aws', 'check AWS permissions even if nothing is collected from AWS')
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--json', 'print findings as JSON')
    .action((options: DoctorOptions) => run(async () => (await import('../doctor.ts')).doctor(options)));
}

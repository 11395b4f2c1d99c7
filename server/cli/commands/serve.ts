/** `thermocline serve`, the default command. */
import type { Command } from 'commander';
import type { Config } from '../../config/environment.ts';
import { ConfigError, configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';

/** Settings that people choose at start, and their flags. */
const FLAGS = {
  port: 'THERMOCLINE_PORT',
  host: 'THERMOCLINE_HOST',
  data: 'THERMOCLINE_DATA',
  publicUrl: 'THERMOCLINE_PUBLIC_URL',
  rules: 'THERMOCLINE_RULES',
  logLevel: 'THERMOCLINE_LOG_LEVEL',
} as const;
type Flags = { readonly [Flag in keyof typeof FLAGS]?: string };

export function serveCommand(program: Command, run: Run, { isDefault }: { readonly isDefault: boolean }): void {
  program
    .command('serve', { isDefault })
    .description('run the server (the default)')
    .option('--port <port>', 'port to listen on; 0 selects a free one (THERMOCLINE_PORT, default 8020)')
    .option('--host <address>', 'address to listen on (THERMOCLINE_HOST, default 127.0.0.1)')
    .option('--data <folder>', 'data folder (THERMOCLINE_DATA, default ./data)')
    .option('--public-url <url>', 'external URL, used in links (THERMOCLINE_PUBLIC_URL)')
    .option('--rules <path>', 'rule file or folder of rule files to apply (THERMOCLINE_RULES)')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or silent (THERMOCLINE_LOG_LEVEL, default info)')
    .addHelpText(
      'after',
      `
A flag takes precedence over its variable. "thermocline settings" lists all settings.
${examples('thermocline serve', 'thermocline serve --port 9000 --data /var/lib/thermocline')}`,
    )
    .action((flags: Flags) => run(async () => (await import('../serve.ts')).serve(configOf(flags))));
}

/** @throws ConfigError that names a flag where the flag has the value */
function configOf(flags: Flags): Config {
  const given = Object.entries(flags).map(([flag, value]) => [FLAGS[flag as keyof Flags], flag, value] as const);
  try {
    return configFromProcess(Object.fromEntries(given.map(([name, , value]) => [name, value])));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split('\n').map((line) => {
      const found = given.find(([name]) => line.startsWith(`${name}: `));
      if (found === undefined) return line;
      const [name, flag] = found;
      return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}${line.slice(name.length)}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
}

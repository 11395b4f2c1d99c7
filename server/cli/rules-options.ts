/** Options that the commands of rules as code share. */
import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { tokenOption, urlOption } from './server-options.ts';

/** Adds the server and its token. */
export function serverOptions(command: Command): Command {
  return command.addOption(urlOption()).addOption(tokenOption('admin'));
}

/** Adds the owner, the server and its token. */
export function codeOptions(command: Command): Command {
  return serverOptions(
    command.addOption(
      new Option('--owner <name>', 'who applies: owners neither change nor delete what others applied')
        .default('default')
        .argParser(ownerArgument),
    ),
  );
}

function ownerArgument(text: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(text))
    throw new InvalidArgumentError('expected lower-case letters, digits and dashes');
  if (text === 'folder') throw new InvalidArgumentError('that is the owner of what THERMOCLINE_RULES names');
  return text;
}

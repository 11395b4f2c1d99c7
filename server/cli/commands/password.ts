/** `thermocline password`: sets or removes the browser password. Reads it from a terminal without echo, or from a pipe. */

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import type { Config } from '../../config/environment.ts';
import { configFromProcess } from '../../config/environment.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeErr } from '../output.ts';
import { openTarget } from '../target.ts';
import { UserError } from '../user-error.ts';

export function passwordCommand(program: Command, run: Run): void {
  program
    .command('password')
    .description('set the password for signing in with a browser; prompts for it, or reads it from a pipe')
    .option('--forget', 'remove the password; browsers then sign in with tokens only')
    .addHelpText('after', examples('thermocline password', 'thermocline password --forget'))
    .action((options: { forget?: true }) =>
      run(() => (options.forget === true ? removePassword : setPassword)(configFromProcess())),
    );
}

/** Sets the password. @throws UserError if the confirmation differs. */
async function setPassword(config: Config): Promise<number> {
  const password = await readHidden('New password (at least 12 characters): ');
  if (process.stdin.isTTY && (await readHidden('Repeat password: ')) !== password)
    throw new UserError('Passwords do not match');
  return change(config, { method: 'PUT', body: JSON.stringify({ password }) }, 'Password set.');
}

/** Removes the password. */
function removePassword(config: Config): Promise<number> {
  return change(config, { method: 'DELETE' }, 'Password removed. Browsers sign in with tokens.');
}

async function change(config: Config, init: RequestInit, done: string): Promise<number> {
  const target = await openTarget(config);
  try {
    const headers = { 'content-type': 'application/json' };
    await readAnswer(await target.request('/api/v1/password', { ...init, headers }));
    writeErr(`${done}\n`);
    return 0;
  } finally {
    await target.close();
  }
}

function readHidden(prompt: string): Promise<string> {
  if (process.stdin.isTTY) writeErr(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY === true });
  return new Promise((resolve) => {
    let line = '';
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('close', () => {
      if (process.stdin.isTTY) writeErr('\n');
      resolve(line);
    });
  });
}

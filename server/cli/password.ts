/** `thermocline password`: sets or forgets the password that signs a browser in. Read from a terminal without echo, or from a pipe. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { readAnswer } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import { openTarget } from './target.ts';
import { UserError } from './user-error.ts';

/** @throws UserError where the two that were typed differ. */
export async function setPassword(config: Config): Promise<number> {
  const password = await ask('New password (12 characters or more): ');
  if (process.stdin.isTTY && (await ask('Once more: ')) !== password) throw new UserError('They are not the same');
  return change(config, { method: 'PUT', body: JSON.stringify({ password }) }, 'The password is set.');
}

export function forgetPassword(config: Config): Promise<number> {
  return change(config, { method: 'DELETE' }, 'There is no password any more: browsers sign in with tokens.');
}

async function change(config: Config, init: RequestInit, done: string): Promise<number> {
  const target = await openTarget(config);
  try {
    const headers = { 'content-type': 'application/json' };
    await readAnswer(await target.request('/api/v1/password', { ...init, headers }));
    process.stderr.write(`${done}\n`);
    return 0;
  } finally {
    await target.close();
  }
}

function ask(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(prompt);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY === true });
  return new Promise((resolve) => {
    let line = '';
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('close', () => {
      if (process.stdin.isTTY) process.stderr.write('\n');
      resolve(line);
    });
  });
}

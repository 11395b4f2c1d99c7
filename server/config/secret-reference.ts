/** Secrets by reference: `env:NAME` is a variable of the environment, `file:/path` the content of a file. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';

const REFERENCE = /^(?:env:[A-Za-z_]\w*|file:\/.+)$/;

export const secretReference = z
  .string()
  .regex(REFERENCE, 'expected env:NAME or file:/path, so that the secret is not in the settings themselves');

/** The text that a reference names, without the line break at its end. @throws Error if there is none */
export function readSecret(reference: string, environment: Readonly<Record<string, string | undefined>>): string {
  const name = reference.slice(reference.indexOf(':') + 1);
  if (reference.startsWith('file:')) {
    try {
      return readFileSync(name, 'utf8').replace(/\r?\n$/, '');
    } catch {
      throw new Error(`the file ${name} cannot be read`);
    }
  }
  const value = environment[name];
  if (value === undefined || value === '') throw new Error(`the variable ${name} is not set`);
  return value;
}

/** Headers in the form of OTEL_EXPORTER_OTLP_HEADERS: `name=value,name=value`, values percent-encoded. @throws Error if they have another */
export function parseHeaders(text: string): Readonly<Record<string, string>> {
  const headers: [string, string][] = [];
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue;
    const [name = '', ...rest] = pair.split('=');
    let value: string;
    try {
      value = decodeURIComponent(rest.join('=').trim());
    } catch {
      throw new Error('a value is not percent-encoded as in OTEL_EXPORTER_OTLP_HEADERS');
    }
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name.trim()) || rest.length === 0 || !/^[\x20-\x7e]*$/.test(value))
      throw new Error('expected name=value,name=value as in OTEL_EXPORTER_OTLP_HEADERS');
    headers.push([name.trim().toLowerCase(), value]);
  }
  return Object.fromEntries(headers);
}

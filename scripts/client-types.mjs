// Writes the types of `thermocline/client` into dist/client from docs/openapi.json.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';

/** Types of the module; the comments are those of server/client/client.ts. */
function declarations(source) {
  const [options] = /export interface ClientOptions \{[\s\S]*?\n\}\n/.exec(source) ?? [];
  const [comment] = /\/\*\*(?:(?!\*\/)[\s\S])*?\*\/(?=\nexport function createClient)/.exec(source) ?? [];
  if (options === undefined || comment === undefined)
    throw new Error('server/client/client.ts: declarations not found');
  return `import type { Client } from 'openapi-fetch';
import type { components, operations, paths } from './api.js';

export type { components, operations, paths };
/** Shapes of bodies and answers by name: \`Schemas['ChangeList']\`. */
export type Schemas = components['schemas'];
export type ThermoclineClient = Client<paths>;

${options}
${comment}
export declare function createClient(options: ClientOptions): ThermoclineClient;
`;
}

export async function writeClientTypes() {
  const api = await openapiTypescript(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
  // Four blanks a level are a quarter of the file.
  const indented = astToString(api).replace(/^(?: {4})+/gm, (blanks) => '\t'.repeat(blanks.length / 4));
  writeFileSync('dist/client/api.d.ts', indented);
  writeFileSync('dist/client/index.d.ts', declarations(readFileSync('server/client/client.ts', 'utf8')));
}

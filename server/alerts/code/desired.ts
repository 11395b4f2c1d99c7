/** From a set of rule files to the configuration that they describe, with their secrets. */
import type { ConfigurationDocument } from '../../http/contract/alert-configuration.ts';
import type { FileProblem, RuleSet } from './rule-set.ts';
import type { SecretReader } from './secret-references.ts';
import { MOST_SECRET_CHARS, secretReference } from './secret-references.ts';

/** What of a receiver may be a reference, besides its headers. */
const SECRET_FIELDS = ['url', 'routingKey', 'signingSecret'] as const;

type DesiredReceiver = ConfigurationDocument['receivers'][number];
export type Desired = Pick<ConfigurationDocument, 'rules' | 'receivers' | 'routes' | 'inhibitions'>;

export type DesiredResult =
  | { readonly ok: true; readonly desired: Desired }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

/** Reads the secrets that receivers refer to. A problem names the reference, never a value. */
export async function desiredOf(set: RuleSet, read: SecretReader): Promise<DesiredResult> {
  const problems: FileProblem[] = [];
  const receivers: DesiredReceiver[] = [];
  for (const { source, path, document, lineOf } of set.receivers) {
    const references: Record<string, string> = {};
    const resolve = async (field: string, text: string): Promise<string> => {
      const reference = secretReference(text);
      if (reference === null) return text;
      references[field] = text;
      const result = await read(reference, source.folder);
      const reason = 'reason' in result ? result.reason : secretFault(result.value);
      if (reason === null) return 'value' in result ? result.value : '';
      problems.push({
        file: source.file,
        line: lineOf(field),
        field: `${path}.${field}`,
        message: `${text}: ${reason}`,
      });
      return '';
    };
    const resolved = { ...document, headers: { ...document.headers } };
    for (const field of SECRET_FIELDS) {
      const text = document[field];
      if (text !== null) resolved[field] = await resolve(field, text);
    }
    for (const [name, text] of Object.entries(document.headers))
      resolved.headers[name] = await resolve(`headers.${name}`, text);
    receivers.push({ file: source.file, document: resolved, references });
  }
  if (problems.length > 0) return { ok: false, problems };
  const { rules, routes, routeFiles, inhibitions, inhibitionFiles } = set;
  return {
    ok: true,
    desired: {
      rules: rules.map(({ source: { file }, document }) => ({ file, document })),
      receivers,
      ...(routes === null
        ? {}
        : { routes: { file: routeFiles.join(', '), list: routes.map(({ document }) => document) } }),
      ...(inhibitions === null
        ? {}
        : { inhibitions: { file: inhibitionFiles.join(', '), list: inhibitions.map(({ document }) => document) } }),
    },
  };
}

/** Why a value cannot be a secret of a receiver, without the value; null if it can. */
function secretFault(value: string): string | null {
  if (value === '') return 'is empty';
  if (value.length > MOST_SECRET_CHARS) return `is longer than ${MOST_SECRET_CHARS} characters`;
  return /^[\x20-\x7e]*$/.test(value) ? null : 'expected printable ASCII in one line';
}

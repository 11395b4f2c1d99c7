/**
 * Texts that the API writes in English and pages show in the language of the reader, by the key that the catalogues have them under.
 * Where the key is not in the answer, it follows from it: from the code of a dead letter, the name of a view and of its column.
 */
import { DEAD_LETTER_REASONS } from '../ingest/batch/dead-letter-reasons.ts';
import { EXPLANATIONS } from '../ingest/decode/dead-letter-explanations.ts';
import { IGNORED_REASONS } from '../ingest/records/ignored.ts';
import { PATTERNS } from '../ingest/redaction/rules.ts';
import { REASON_TEXTS } from '../ingest/text/reason-texts.ts';
import { OWN_ALERT_NAMES } from '../server/alerts/rules/builtin-names.ts';
import { KIT_TEXTS } from '../server/config/kit-texts.ts';
import type { PageDefinition } from '../server/http/contract/pages.ts';
import { PAGES } from '../server/http/contract/pages.ts';
import { PROBLEMS } from '../server/http/contract/problem.ts';
import { SERVER_SENTENCES } from '../server/http/contract/server-sentences.ts';
import { CAUSE, COLD_KIND, STATUS } from '../server/storage/enums.ts';
import { SQL_FUNCTIONS, SQL_VIEWS } from '../server/storage/sql/catalogue.ts';

/** States of log groups that are pulled, of server/http/contract/ingest.ts. */
const PULL_STATES = ['ok', 'throttled', 'gone', 'denied', 'credentials', 'unsupported', 'error'];

/** English in ICU MessageFormat where it has parameters. */
export const API_TEXTS: Readonly<Record<string, string>> = {
  ...prefixed('reason', REASON_TEXTS),
  ...prefixed('rule', same(OWN_ALERT_NAMES)),
  ...prefixed('said', same(SERVER_SENTENCES)),
  ...prefixed(
    'page',
    same(Object.values<PageDefinition>(PAGES).flatMap((page) => [page.title, page.navigation ?? page.title])),
  ),
  ...prefixed('code', same(Object.keys({ ...STATUS, ...COLD_KIND, ...CAUSE }))),
  ...prefixed('pull', same(PULL_STATES)),
  ...prefixed('kit', KIT_TEXTS),
  ...prefixed('dead-letter', { ...EXPLANATIONS, ...DEAD_LETTER_REASONS }),
  ...prefixed('ignored', IGNORED_REASONS),
  ...prefixed('redaction', PATTERNS),
  ...prefixed('problem', Object.fromEntries(Object.entries(PROBLEMS).map(([code, { title }]) => [code, title]))),
  ...prefixed(
    'sql',
    Object.fromEntries([
      ...SQL_VIEWS.flatMap(({ name, description, columns }) => [
        [name, description],
        ...columns.map((column) => [`${name}.${column.name}`, column.description]),
      ]),
      ...SQL_FUNCTIONS.map(({ name, description }) => [name, description]),
    ]),
  ),
};

/** Texts that are their own keys. */
function same(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(texts.map((text) => [text, text]));
}

function prefixed(kind: string, texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([code, text]) => [`${kind}:${code}`, text]));
}

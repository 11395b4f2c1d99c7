/** Cells of groups of failures that several pages show. */
import type { ErrorGroupAnswer } from '../../../server/http/contract/errors.ts';
import { visible } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';

const KINDS: Readonly<Record<ErrorGroupAnswer['kind'], Message>> = {
  handler: message('[kind] thrown'),
  runtime: message('[kind] runtime'),
  timeout: message('[kind] timeout'),
  oom: message('[kind] out of memory'),
  init: message('[kind] init'),
  rest: message('[kind] other groups'),
};

export const ERROR_STATES: Readonly<Record<ErrorGroupAnswer['state'], Message>> = {
  open: message('[state] open'),
  regressed: message('[state] regressed'),
  resolved: message('[state] resolved'),
  ignored: message('[state] ignored'),
};

const TONES: Readonly<Record<ErrorGroupAnswer['state'], string>> = {
  open: 'warm',
  regressed: 'bad',
  resolved: 'good',
  ignored: '',
};

export function ErrorStateBadge({ state }: { readonly state: ErrorGroupAnswer['state'] }) {
  return <span class={`badge ${TONES[state]}`}>{translated(ERROR_STATES[state])}</span>;
}

export function ErrorKindBadge({ kind }: { readonly kind: ErrorGroupAnswer['kind'] }) {
  return <span class="badge">{translated(KINDS[kind])}</span>;
}

/** Address of a group's page. */
export function groupHref(functionId: string, fingerprint: string): string {
  return hrefTo(`/functions/${encodeURIComponent(functionId)}/errors/${encodeURIComponent(fingerprint)}`);
}

/** The API's name of what Lambda itself ended, in the language of the reader; what a function threw is its own text. */
export function errorTitle({ kind, title }: Pick<ErrorGroupAnswer, 'kind' | 'title'>): string {
  const own = OWN_TITLES[title];
  return own !== undefined && (kind === 'oom' || kind === 'timeout')
    ? translated(own)
    : visible(title).replaceAll(ANY_VALUE, '"…"');
}

/** What the server writes for any quoted value: messages of a group differ in it. */
const ANY_VALUE = '""';

const OWN_TITLES: Readonly<Record<string, Message>> = {
  'Out of memory': message('Out of memory'),
  'Timed out': message('Timed out'),
};

/** Title and first own frame, linked to the group's page. */
export function ErrorTitle({ group }: { readonly group: ErrorGroupAnswer }) {
  return (
    <>
      <a class="three-lines" href={groupHref(group.function.id, group.fingerprint)} title={errorTitle(group)}>
        {errorTitle(group)}
      </a>
      {group.frame !== '' && <span class="interval mono">{visible(group.frame)}</span>}
    </>
  );
}

/** `version 44`, or that no line states it. */
export function versionText(version: string | null): string {
  if (version === null) return t('version unknown');
  return version === '$LATEST' ? '$LATEST' : t('version {version}', { version: visible(version) });
}

/** Cells of groups of failures that several pages show. */
import type { ErrorGroupAnswer } from '../../../server/http/contract/errors.ts';
import { visible } from '../../format.ts';
import { hrefTo } from '../../state/location.ts';

const KINDS: Readonly<Record<ErrorGroupAnswer['kind'], string>> = {
  handler: 'thrown',
  runtime: 'runtime',
  timeout: 'timeout',
  oom: 'out of memory',
  init: 'init',
  rest: 'other groups',
};

const TONES: Readonly<Record<ErrorGroupAnswer['state'], string>> = {
  open: 'warm',
  regressed: 'bad',
  resolved: 'good',
  ignored: '',
};

export function ErrorStateBadge({ state }: { readonly state: ErrorGroupAnswer['state'] }) {
  return <span class={`badge ${TONES[state]}`}>{state}</span>;
}

export function ErrorKindBadge({ kind }: { readonly kind: ErrorGroupAnswer['kind'] }) {
  return <span class="badge">{KINDS[kind]}</span>;
}

/** Address of a group's page. */
export function groupHref(functionId: string, fingerprint: string): string {
  return hrefTo(`/functions/${encodeURIComponent(functionId)}/errors/${encodeURIComponent(fingerprint)}`);
}

/** Title and first own frame, linked to the group's page. */
export function ErrorTitle({ group }: { readonly group: ErrorGroupAnswer }) {
  return (
    <>
      <a class="three-lines" href={groupHref(group.function.id, group.fingerprint)} title={visible(group.title)}>
        {visible(group.title)}
      </a>
      {group.frame !== '' && <span class="interval mono">{visible(group.frame)}</span>}
    </>
  );
}

/** `version 44`, or that no line states it. */
export function versionText(version: string | null): string {
  return version === null ? 'version unknown' : version === '$LATEST' ? '$LATEST' : `version ${visible(version)}`;
}

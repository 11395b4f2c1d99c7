import type { WithoutStream as Found } from '../../server/http/contract/common.ts';
import { reasonText } from '../i18n/reason.ts';

/** States how many invocations have no known log stream, and which figures exclude them. */
export function WithoutStream({ found }: { readonly found: Found | null }) {
  return found === null ? null : <p class="soft">{reasonText(found.reason, found.reasonCode)}.</p>;
}

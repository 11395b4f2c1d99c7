import type { WithoutStream as Found } from '../../server/http/contract/common.ts';

/** States how many invocations came without log stream, and what leaves them out. */
export function WithoutStream({ found }: { readonly found: Found | null }) {
  return found === null ? null : <p class="soft">{found.reason}.</p>;
}

/** What the command palette finds for a text. */
import { t } from '../i18n/translate.ts';

export interface PaletteItem {
  /** Different for each item. */
  readonly key: string;
  readonly group: 'Go to' | 'Favourites' | 'Views' | 'Recent' | 'Functions' | 'Failures' | 'Pages' | 'Actions';
  readonly label: string;
  /** What tells items of the same label apart. */
  readonly note?: string;
  /** Other words by which it is found. */
  readonly words?: string;
  /** A page that it opens, or what it does. */
  readonly run: { readonly href: string } | (() => void);
}

const MAX_OF_GROUP = 8;

/** Items that have each word of the text, best first within their groups, which keep their order. */
export function search(items: readonly PaletteItem[], text: string): readonly PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = [...new Set(items.map(({ group }) => group))];
  return groups.flatMap((group) =>
    items
      .filter((item) => item.group === group)
      .map((item) => ({ item, rank: rankOf(item, words) }))
      .filter(({ rank }) => rank !== null)
      .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
      .slice(0, MAX_OF_GROUP)
      .map(({ item }) => item),
  );
}

/** 0 at the beginning of the label, 1 at that of a word in it, 2 elsewhere; the sum of all words. Null if one is missing. */
function rankOf({ label, note = '', words: more = '' }: PaletteItem, words: readonly string[]): number | null {
  const name = label.toLowerCase();
  const all = `${name} ${note} ${more}`.toLowerCase();
  let rank = 0;
  for (const word of words) {
    if (!all.includes(word)) return null;
    const at = name.indexOf(word);
    rank += at === 0 ? 0 : at > 0 && /[^a-z0-9]/.test(name.charAt(at - 1)) ? 1 : 2;
  }
  return rank;
}

const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/i;
/** A trace id as OpenTelemetry and W3C write it. */
const PLAIN_TRACE_ID = /^[0-9a-f]{32}$/i;

/** The page of a pasted request id or trace id, also as `Root=1-…;Sampled=1`; null for other text. */
export function pageOfId(text: string): { readonly label: string; readonly path: string } | null {
  const id = text
    .trim()
    .replace(/^Root=/, '')
    .replace(/;.*$/, '')
    .toLowerCase();
  if (REQUEST_ID.test(id)) return { label: t('Invocation {id}', { id }), path: `/invocations/${id}` };
  if (TRACE_ID.test(id)) return { label: t('Trace {id}', { id }), path: `/traces/${id}` };
  if (!PLAIN_TRACE_ID.test(id)) return null;
  const dashed = `1-${id.slice(0, 8)}-${id.slice(8)}`;
  return { label: t('Trace {id}', { id: dashed }), path: `/traces/${dashed}` };
}

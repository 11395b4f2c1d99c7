/** Makes text of others safe inside HTML: between tags, and in attributes within double quotes. Pure. */
import { printable } from './printable.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as it is written: no markup, no control characters, no direction marks. */
export function escapeHtml(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

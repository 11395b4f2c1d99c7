/** Makes text of others safe inside HTML: between tags, and in attributes within double quotes. Pure. */
import { printable } from './printable.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Letters, digits and punctuation of ASCII, of which nothing is replaced. */
const PLAIN = /^[\w .,:;/+%$()=-]*$/;

/** The text as it is written: no markup, no control characters, no direction marks. */
export function escapeHtml(text: string): string {
  if (PLAIN.test(text)) return text;
  return printable(text).replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

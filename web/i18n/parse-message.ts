/**
 * Reads texts in ICU MessageFormat: as much of it as the pages use, in a tenth of the code of the reference parser, with which its
 * test compares every text. Dates, times, and numbers with a style are formatted before they become values.
 */
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { TYPE } from '@formatjs/icu-messageformat-parser';

type Options = Record<string, { value: MessageFormatElement[] }>;
/** What the text at hand is a part of: `#` is the number of a plural only. */
type Within = 'plural' | 'select' | 'text';

const NAME = /\s*([\w=]+)\s*/y;
const QUOTED = /'((?:[^']|'')*)(?:'|$)/y;

/** @throws SyntaxError for what is not understood. `hasTags`: whether `<b>…</b>` is an element, and not text. */
export function parseMessage(text: string, hasTags: boolean): MessageFormatElement[] {
  let at = 0;
  const refuse = (): never => {
    throw new SyntaxError(`not understood from character ${at + 1} on: ${text}`);
  };
  const read = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [, found] = pattern.exec(text) ?? refuse();
    at = pattern.lastIndex;
    return found ?? '';
  };
  const skip = (sign: string): boolean => {
    if (!text.startsWith(sign, at)) return false;
    at += sign.length;
    return true;
  };
  const need = (sign: string): void => {
    if (!skip(sign)) refuse();
  };

  /** Up to the end, or the brace or tag that closes it. */
  function elements(within: Within, isNested: boolean): MessageFormatElement[] {
    const found: MessageFormatElement[] = [];
    const add = (more: string): void => {
      const last = found.at(-1);
      if (last?.type === TYPE.literal) last.value += more;
      else found.push({ type: TYPE.literal, value: more });
    };
    for (let sign = text[at]; sign !== undefined; sign = text[at]) {
      const isTag = hasTags && sign === '<' && /[a-z/]/i.test(text[at + 1] ?? '');
      if ((sign === '}' && isNested) || (isTag && text[at + 1] === '/')) break;
      if (sign === '{') found.push(argument());
      else if (isTag) found.push(tag(within));
      else if (sign === '#' && within === 'plural' && skip('#')) found.push({ type: TYPE.pound });
      else if (skip("''")) add("'");
      else if (sign === "'" && (within === 'plural' ? /[{}<>#]/ : /[{}<>]/).test(text[at + 1] ?? ''))
        add(read(QUOTED).replaceAll("''", "'"));
      else if (skip(sign)) add(sign);
    }
    return found;
  }

  function tag(within: Within): MessageFormatElement {
    need('<');
    const value = read(NAME);
    need('>');
    const children = elements(within, false);
    need(`</${value}>`);
    return { type: TYPE.tag, value, children };
  }

  function argument(): MessageFormatElement {
    need('{');
    const value = read(NAME);
    if (skip('}')) return { type: TYPE.argument, value };
    need(',');
    const kind = read(NAME);
    if (kind === 'number') {
      need('}');
      return { type: TYPE.number, value, style: null };
    }
    need(',');
    if (kind === 'select') return { type: TYPE.select, value, options: options(kind) };
    if (kind !== 'plural') return refuse();
    return { type: TYPE.plural, value, options: options(kind), offset: 0, pluralType: 'cardinal' };
  }

  function options(within: Within): Options {
    const found: Options = {};
    while (!skip('}')) {
      const name = read(NAME);
      need('{');
      found[name] = { value: elements(within, true) };
      need('}');
      read(/(\s*)/y);
    }
    return found['other'] === undefined ? refuse() : found;
  }

  const found = elements('text', false);
  return at < text.length ? refuse() : found;
}

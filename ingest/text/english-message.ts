/** Writes sentences from texts in ICU MessageFormat: placeholders, numbers, plurals with `=n`, `one` and `other`, and selects. */
import { integer } from './quantities.ts';

export type MessageValues = Readonly<Record<string, string | number>>;

const NAME = /\s*([\w=]+)\s*/y;

/** @throws SyntaxError for what is not understood, or a placeholder without a value. */
export function englishMessage(text: string, values: MessageValues): string {
  let at = 0;
  const refuse = (): never => {
    throw new SyntaxError(`not understood from character ${at + 1} on: ${text}`);
  };
  const name = (): string => {
    NAME.lastIndex = at;
    const [, found = ''] = NAME.exec(text) ?? refuse();
    at = NAME.lastIndex;
    return found;
  };
  const skip = (sign: string): boolean => {
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const given = (key: string): string | number => values[key] ?? refuse();

  /** Up to the end, or the brace that closes it; `#` is the number of a plural. */
  function written(number: string | null): string {
    let found = '';
    for (let sign = text[at]; sign !== undefined && sign !== '}'; sign = text[at]) {
      at += 1;
      if (sign === '{') found += argument();
      else found += sign === '#' && number !== null ? number : sign;
    }
    return found;
  }

  function argument(): string {
    const key = name();
    const value = given(key);
    if (skip('}')) return String(value);
    if (!skip(',')) return refuse();
    const kind = name();
    if (kind === 'number' && skip('}')) return integer(Number(value));
    const isPlural = kind === 'plural';
    if (!skip(',')) return refuse();
    const options = new Map<string, string>();
    while (!skip('}')) {
      const option = name();
      if (!skip('{')) return refuse();
      options.set(option, written(isPlural ? integer(Number(value)) : null));
      if (!skip('}')) return refuse();
      while (skip(' '));
    }
    const chosen = isPlural ? (Number(value) === 1 ? 'one' : 'other') : String(value);
    const exact = isPlural ? options.get(`=${value}`) : undefined;
    return exact ?? options.get(chosen) ?? options.get('other') ?? refuse();
  }

  const found = written(null);
  return at < text.length ? refuse() : found;
}

/** Where a text stops being JSON. `JSON.parse` names the place in some of its messages only. Pure. Source: RFC 8259. */

const BLANKS = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
/** A string without its closing quote. */
const OPEN_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;

/** What is allowed at a place: a value, or `]`; a name, or `}`; what follows a value. */
type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'next';

/** The offset of the first character that does not belong to JSON, or the length of a text that ends too early; null if it is JSON. */
export function jsonErrorAt(text: string): number | null {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = after(BLANKS, text, 0);
  while (at < text.length) {
    const char = text.charAt(at);
    const close = open.at(-1);
    if (expected === 'next' || expected.endsWith('-or-end')) {
      if (close !== undefined && char === close) {
        open.pop();
        expected = 'next';
        at = after(BLANKS, text, at + 1);
        continue;
      }
      if (expected === 'next') {
        if (close === undefined || char !== ',') return at;
        expected = close === '}' ? 'name' : 'value';
        at = after(BLANKS, text, at + 1);
        continue;
      }
    }
    if (expected.startsWith('name')) {
      const colon = char === '"' ? stringEnd(text, at) : { ok: false, at };
      if (!colon.ok) return colon.at;
      const mark = after(BLANKS, text, colon.at);
      if (text.charAt(mark) !== ':') return mark;
      expected = 'value';
      at = after(BLANKS, text, mark + 1);
    } else if (char === '{' || char === '[') {
      open.push(char === '{' ? '}' : ']');
      expected = char === '{' ? 'name-or-end' : 'value-or-end';
      at = after(BLANKS, text, at + 1);
    } else {
      const end = char === '"' ? stringEnd(text, at) : { ok: true, at: after(SCALAR, text, at) };
      if (!end.ok || end.at === at) return end.at;
      expected = 'next';
      at = after(BLANKS, text, end.at);
    }
  }
  return expected === 'next' && open.length === 0 ? null : text.length;
}

/** The offset after the match at `from`; `from` if there is none. */
function after(expression: RegExp, text: string, from: number): number {
  expression.lastIndex = from;
  return expression.test(text) ? expression.lastIndex : from;
}

function stringEnd(text: string, from: number): { readonly ok: boolean; readonly at: number } {
  const end = after(OPEN_STRING, text, from);
  return text.charAt(end) === '"' ? { ok: true, at: end + 1 } : { ok: false, at: end };
}

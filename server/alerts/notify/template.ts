/** Templates of bodies: JSON with placeholders. Fills them, and says where one is not JSON. Pure. */
import { escapedJson } from '../../../ingest/text/printable.ts';
import { CHAT_TEXTS, chatFormAt, isChatForm, oneLine } from './chat-text.ts';
import { jsonErrorAt } from './json-error.ts';

/** `{{path}}` or `{{path|form}}`. */
const TEMPLATE_FIELD = new RegExp(
  `\\{\\{\\s*([\\w.]{1,200})\\s*(?:\\|\\s*(${Object.keys(CHAT_TEXTS).join('|')})\\s*)?\\}\\}`,
  'g',
);

/** Fields that hold addresses of our own or of the operator: escaped, they would not work. */
const ADDRESSES = /^(?:links\.|rule\.runbookUrl$)/;

/** Fields that a template can name, with their values. */
export type TemplateData = Readonly<Record<string, unknown>>;

/**
 * Replaces `{{path}}` by the field of the native data, escaped for JSON and for the chat at the receiver's address;
 * `{{path|markdown}}` names another form. Interprets nothing else.
 */
export function fillTemplate(template: string, data: TemplateData, url: string | null): string {
  const usual = chatFormAt(url);
  return template.replaceAll(TEMPLATE_FIELD, (_, path: string, form?: string) => fieldText(data, path, form ?? usual));
}

function fieldText(data: TemplateData, path: string, form: string): string {
  const text = ADDRESSES.test(path) ? oneLine : CHAT_TEXTS[isChatForm(form) ? form : 'plain'];
  let value: unknown = data;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
  }
  // Placeholders are within quotes, or bare for numbers: escape both like the inside of a JSON string.
  if (typeof value === 'string') return quoted(text(value)).slice(1, -1);
  return quoted(JSON.stringify(value ?? null)).slice(1, -1);
}

/** A JSON string whose text holds no characters that a terminal or a page would obey. */
function quoted(text: string): string {
  return escapedJson(JSON.stringify(text));
}

/** Names of the labels and annotations that a template uses. */
export function namesInTemplate(template: string, group: 'labels' | 'annotations'): readonly string[] {
  return [...template.matchAll(TEMPLATE_FIELD)].flatMap(([, path = '']) => {
    const [first, name] = path.split('.');
    return first === group && name !== undefined && name !== '' ? [name] : [];
  });
}

/** Where and why the template does not make JSON of the data; null if it does. */
export function templateError(template: string, data: TemplateData): string | null {
  const body = fillTemplate(template, data, null);
  const errorAt = jsonErrorAt(body);
  if (errorAt === null) return null;
  /** How much longer the body is than the template, up to the field. */
  let shift = 0;
  for (const { index, 0: field, 1: path = '', 2: form = 'plain' } of template.matchAll(TEMPLATE_FIELD)) {
    const from = index + shift;
    if (errorAt < from) break;
    const { length } = fieldText(data, path, form);
    if (errorAt < from + length) return `is not JSON at ${placeOf(template, index)}: ${field} needs quotes around it`;
    shift += length - field.length;
  }
  const at = errorAt - shift;
  return at >= template.length ? 'is not JSON: it ends too early' : `is not JSON at ${placeOf(template, at)}`;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, character ${(before.at(-1) ?? '').length + 1}`;
}

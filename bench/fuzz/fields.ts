/** Texts for formats of protocol buffers, a character a byte: whole fields, since bytes that are no field end the reading at once. */
import type { Genes } from './genes.ts';

/** Wire types (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const MOST_FIELD = 20;
/** Lengths of one byte. */
const LONGEST = 127;

const key = (field: number, type: number): string => {
  const tag = field * 8 + type;
  return tag < 128 ? String.fromCharCode(tag) : String.fromCharCode((tag % 128) + 128, Math.floor(tag / 128));
};
const bytes = (field: number, content: string): string =>
  key(field, BYTES) + String.fromCharCode(content.length) + content;
const NUMBERS = Array.from({ length: MOST_FIELD }, (_, at) => at + 1);

/** `a` = 1 and `a` = `x`, as attributes are written. */
const NUMBER = bytes(1, 'a') + bytes(2, `${key(3, VARINT)}\u0001`);
const TEXT = bytes(1, 'a') + bytes(2, bytes(1, 'x'));
const TRACE_ID = bytes(1, '0123456789abcdef');
const SPAN_ID = bytes(2, '01234567');
const STARTED = `${key(7, FIXED64)}\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008`;

export const FIELDS: readonly string[] = [
  ...NUMBERS.map((field) => bytes(field, '')),
  ...NUMBERS.map((field) => bytes(field, 'x')),
  ...NUMBERS.map((field) => `${key(field, VARINT)}\u0001`),
  ...NUMBERS.map((field) => `${key(field, VARINT)}${'\u00ff'.repeat(9)}\u0001`),
  ...NUMBERS.map((field) => `${key(field, FIXED64)}\0\0\x7f\x1b\x7f\x1b\xe9\x18`),
  ...NUMBERS.map((field) => `${key(field, FIXED32)}\u0001\0\0\0`),
  ...[NUMBER, TEXT, bytes(9, NUMBER), bytes(6, TEXT), bytes(11, STARTED), bytes(13, TRACE_ID + SPAN_ID)],
  ...[TRACE_ID, SPAN_ID, STARTED, TRACE_ID + SPAN_ID + STARTED, bytes(2, TRACE_ID + SPAN_ID + STARTED)],
];

/** A text of one field, repeated. */
export function fields(entryPoint: number, random: () => number): Genes {
  return { entryPoint, head: '', piece: oneOf(FIELDS, random), tail: '' };
}

/** Another text of whole fields; seldom one that is damaged. */
export function mutatedFields({ piece, ...genes }: Genes, random: () => number): Genes {
  const another = oneOf(FIELDS, random);
  const made = [
    () => another,
    () => piece + another,
    () => another + piece,
    () => (piece.length <= LONGEST ? bytes(1 + Math.floor(random() * MOST_FIELD), piece) : another),
    () => (piece.length <= LONGEST ? bytes(1 + Math.floor(random() * 3), piece) : another),
    () => piece.slice(Math.floor(random() * piece.length)),
  ];
  return { ...genes, head: '', tail: '', piece: oneOf(made, random)().slice(0, 400) || another };
}

function oneOf<T>(list: readonly T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)] ?? list[0];
  if (found === undefined) throw new RangeError('expected something to choose from');
  return found;
}

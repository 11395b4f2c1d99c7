/** Why something is as it is, or is not known: a code, its parameters, and the English sentence that is made of them. */
import { englishMessage } from './english-message.ts';
import { byteSize, chosenLength, duration, fixed, percent, usd } from './quantities.ts';
import { REASON_TEXTS } from './reason-texts.ts';

export type ReasonCode = keyof typeof REASON_TEXTS;
export type ReasonParameters = Readonly<Record<string, string | number | boolean | null>>;

export interface Reason {
  readonly code: ReasonCode;
  readonly parameters: ReasonParameters;
  /** In English. */
  readonly text: string;
}

/** The part of a text behind a brace, up to a comma or the brace that closes it; option texts have blanks. */
type NameAt<Rest> = Rest extends `${infer Inner}}${string}`
  ? Inner extends `${infer Name},${string}`
    ? Word<Name>
    : Word<Inner>
  : never;
type Word<Name> = Name extends `${string} ${string}` | `${string}{${string}` | `${string}#${string}` | ''
  ? never
  : Name;
type NamesIn<Text> = Text extends `${string}{${infer Rest}` ? NameAt<Rest> | NamesIn<Rest> : never;

export type ParametersOf<Code extends ReasonCode> = {
  readonly [Name in NamesIn<(typeof REASON_TEXTS)[Code]> & string]: string | number | boolean | null;
};
type Arguments<Code extends ReasonCode> = keyof ParametersOf<Code> extends never
  ? []
  : [parameters: ParametersOf<Code>];

/** A reason with its English sentence. */
export function reasonOf<const Code extends ReasonCode>(code: Code, ...given: Arguments<Code>): Reason {
  const parameters: ReasonParameters = given[0] ?? {};
  return { code, parameters, text: englishMessage(REASON_TEXTS[code], reasonValues(parameters)) };
}

/** The sentence, and beside it the code with its parameters, which answers have where there is a reason. */
export interface CodedReason {
  readonly reason: string | null;
  readonly reasonCode?: Pick<Reason, 'code' | 'parameters'>;
}

export function coded({ code, parameters, text }: Reason): CodedReason & { readonly reason: string } {
  return { reason: text, reasonCode: { code, parameters } };
}

/** How lengths of time are written, in the language of a text: measured ones, and chosen ones such as `1 h`. */
export interface LengthTexts {
  readonly measured: (ms: number) => string;
  readonly chosen: (ms: number) => string;
}

const ENGLISH: LengthTexts = { measured: duration, chosen: chosenLength };

/**
 * Parameters as a text shows them, by the unit at the end of their names: `…Ms` is a length of time, `…LengthMs` a chosen one, `…Share`
 * a ratio in percent, `…Usd` an amount, `…Bytes` a size, `…Factor` a number with two decimals; other numbers are as they are. Texts
 * select by `yes` and `no`, and by `none` for what there is not.
 */
export function reasonValues(
  parameters: ReasonParameters,
  lengths: LengthTexts = ENGLISH,
): Readonly<Record<string, string | number>> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, valueText(name, value, lengths)]));
}

function valueText(name: string, value: ReasonParameters[string], lengths: LengthTexts): string | number {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return value ?? 'none';
  if (name.endsWith('LengthMs')) return lengths.chosen(value);
  if (name.endsWith('Ms')) return lengths.measured(value);
  if (name.endsWith('Share')) return percent(value);
  if (name.endsWith('Usd')) return usd(value);
  if (name.endsWith('Bytes')) return byteSize(value);
  return name.endsWith('Factor') ? fixed(value, 2) : value;
}

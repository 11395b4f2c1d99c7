/** Why something is as it is, or is not known: a code, its parameters, and the English sentence that is made of them. */
import { englishMessage } from './english-message.ts';
import { REASON_TEXTS } from './reason-texts.ts';
import type { ReasonParameters } from './reason-values.ts';
import { reasonValues } from './reason-values.ts';

export type ReasonCode = keyof typeof REASON_TEXTS;

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
type NamesIn<Text, Found = never> = Text extends `${string}{${infer Rest}`
  ? NamesIn<Rest, Found | NameAt<Rest>>
  : Found;

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

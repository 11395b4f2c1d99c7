/** Sentences of reasons by their code and parameters, in other languages than English. */
import { localUnits as unitsOf } from '../../ingest/text/local-units.ts';
import { reasonValues } from '../../ingest/text/reason-values.ts';
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { apiText } from './translate.ts';

/** Loaded with them: numbers with units in these languages. */
export const localUnits = unitsOf;

/** `sentence`: of the API, for codes that the catalogue does not have. */
export function writtenReason({ code, parameters }: ReasonCodeView, sentence: string): string {
  return apiText(`reason:${code}`, sentence, reasonValues(parameters));
}

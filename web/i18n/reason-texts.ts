/** Sentences of reasons by their code and parameters, in other languages than English. */
import { chosenLength, duration } from '../../ingest/text/quantities.ts';
import { reasonValues } from '../../ingest/text/reason-values.ts';
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { lengthUnits } from './lengths.ts';
import { apiText } from './translate.ts';

const LENGTHS = {
  measured: (ms: number): string => lengthUnits(duration(ms)),
  chosen: (ms: number): string => lengthUnits(chosenLength(ms)),
};

/** `sentence`: of the API, for codes that the catalogue does not have. */
export function writtenReason({ code, parameters }: ReasonCodeView, sentence: string): string {
  return apiText(`reason:${code}`, sentence, reasonValues(parameters, LENGTHS));
}

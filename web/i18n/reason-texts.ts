/** Sentences of reasons by their code and parameters. In English each is that of the API, which a test compares. */
import { chosenLength, duration } from '../../ingest/text/quantities.ts';
import { reasonValues } from '../../ingest/text/reason.ts';
import { REASON_TEXTS } from '../../ingest/text/reason-texts.ts';
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { lengthUnits } from './lengths.ts';
import type { Message } from './translate.ts';
import { translated } from './translate.ts';

/** `npm run messages` reads these texts where they stand: the catalogues have them. */
const MESSAGES = REASON_TEXTS as unknown as Readonly<Record<ReasonCodeView['code'], Message>>;

const LENGTHS = {
  measured: (ms: number): string => lengthUnits(duration(ms)),
  chosen: (ms: number): string => lengthUnits(chosenLength(ms)),
};

export function writtenReason({ code, parameters }: ReasonCodeView): string {
  return translated(MESSAGES[code], reasonValues(parameters, LENGTHS));
}

/** Codes of sentences that say why something is as it is, or is not known. */
import * as z from 'zod';
import { REASON_CODES } from './reason-codes.ts';

/** Stands beside an English sentence; null where that is null. */
export const reasonCode = z
  .object({
    code: z.enum(REASON_CODES),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .describe(
        'Values of the sentence. Names end with the unit: Ms, Mb, Usd, Bytes; Share is a ratio, Factor a number of times',
      ),
  })
  .describe('Of the sentence beside it: with the code they suffice to write it in another language')
  .meta({ id: 'ReasonCode' });
export type ReasonCodeView = z.infer<typeof reasonCode>;

/** Not all sentences have codes. */
export const optionalReasonCode = reasonCode.nullable().optional();
export const optionalReasonCodes = z.array(reasonCode).optional().describe('Of each sentence, in their order');

/** What to do about the cold starts of a function, in a sentence with its code and parameters. */
import * as z from 'zod';

const adviceParameters = z.object({
  share: z.number().nullable().describe('Of these cold starts, those that the sentence is about'),
  n: z.number().int().describe('Cold starts that callers waited for and whose cause is determined'),
  initMs: z.number().nullable().describe('Median init on demand'),
  runtime: z.string().nullable(),
});

export const coldStartAdviceFields = {
  advice: z
    .object({
      code: z.enum([
        'fix-failures',
        'shorten-init-timeout',
        'quieter-releases',
        'provisioned',
        'snap-start',
        'shorten-init',
      ]),
      parameters: adviceParameters,
      sentence: z.string(),
    })
    .nullable()
    .describe('What would spare callers most of the cold starts that they wait for'),
  adviceReason: z
    .object({
      code: z.enum([
        'no-cold-starts',
        'few-attributed',
        'not-felt',
        'rare',
        'runtime-patches',
        'restores',
        'unknown-causes',
        'init-unknown',
        'init-short',
      ]),
      parameters: adviceParameters,
      sentence: z.string(),
    })
    .nullable()
    .describe('Why there is no advice; null with one'),
};

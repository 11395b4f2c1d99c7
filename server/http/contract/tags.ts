/** Tags of functions: of AWS, of a file, and set by people. */
import * as z from 'zod';
import { isoTime } from './common.ts';
import { declareRoutes } from './route.ts';
import { MOST_TAGS, TAG_SOURCES } from './tag-limits.ts';

/** Most functions of one request: AWS answers their tags one by one. */
const MOST_TAGGED = 1000;
/** Of AWS: users set 50, and AWS some more. */
const MOST_READ_TAGS = 200;
const MOST_SHOWN_VALUES = 200;
const MOST_SHOWN_KEYS = 500;

const source = z.enum(TAG_SOURCES).describe('manual: set here. file: THERMOCLINE_TAGS. inventory: of AWS');
const tags = z.record(z.string(), z.string());
const params = z.object({ id: z.string().max(512).describe('account:region:name, or the name if it is unambiguous') });

const knownTagsAnswer = z
  .object({
    teamKey: z.string().describe('The key whose value is the team of a function: THERMOCLINE_TEAM_TAG'),
    items: z
      .array(
        z.object({
          key: z.string(),
          functions: z.number().int().describe('Functions that have the tag'),
          values: z
            .array(z.object({ value: z.string(), functions: z.number().int() }))
            .describe(`Most functions first, at most ${MOST_SHOWN_VALUES}`),
          omitted: z.number().int().describe('Further values'),
        }),
      )
      .describe(`In alphabetical order, at most ${MOST_SHOWN_KEYS}`),
    nextCursor: z.null(),
    omitted: z.number().int().describe('Further keys'),
    file: z
      .object({
        rules: z.number().int().describe('Rules in use'),
        readAt: isoTime.nullable().describe('When the rules in use were read; null if none were'),
        errors: z.array(z.string()).describe('Why the file as it is now is not in use; empty if it is'),
      })
      .nullable()
      .describe('null without THERMOCLINE_TAGS, and for callers who may read some functions only'),
  })
  .meta({ id: 'TagList' });
export type KnownTagsAnswer = z.infer<typeof knownTagsAnswer>;

const functionTagsAnswer = z
  .object({
    items: z.array(
      z.object({
        key: z.string(),
        value: z.string(),
        source,
        overridden: z
          .array(z.object({ source, value: z.string() }))
          .describe('Values of other sources, which do not apply'),
      }),
    ),
    nextCursor: z.null(),
    manual: tags.describe('Those set here'),
  })
  .meta({ id: 'FunctionTags' });
export type FunctionTagsAnswer = z.infer<typeof functionTagsAnswer>;

const ownTags = z
  .strictObject({
    tags: tags.describe(
      `Replace those set here: at most ${MOST_TAGS}, keys of 1 to 128 characters that do not begin with aws:, values of at most 256`,
    ),
  })
  .meta({ id: 'FunctionTagsRequest' });

const readTags = z
  .strictObject({
    functions: z
      .array(
        z.strictObject({
          account: z.string().max(64),
          region: z.string().max(64),
          name: z.string().min(1).max(170),
          tags: tags.describe(`At most ${MOST_READ_TAGS}. Tags that cannot be shown are left out`),
        }),
      )
      .max(MOST_TAGGED),
  })
  .meta({ id: 'ReadTags' });

export const SHOWN = { keys: MOST_SHOWN_KEYS, values: MOST_SHOWN_VALUES, read: MOST_READ_TAGS } as const;

export const tagRoutes = declareRoutes({
  listTags: {
    method: 'get',
    path: '/api/v1/tags',
    scope: 'read',
    tag: 'Inventory',
    summary: 'List the tags of functions, with their values',
    answer: knownTagsAnswer,
  },
  saveReadTags: {
    method: 'put',
    path: '/api/v1/tags',
    scope: 'admin',
    tag: 'Inventory',
    summary: 'Replace the tags that AWS has for functions, as the inventory reads them',
    body: readTags,
    answer: z.object({ functions: z.number().int(), leftOut: z.number().int() }).meta({ id: 'ReadTagsOutcome' }),
  },
  getFunctionTags: {
    method: 'get',
    path: '/api/v1/functions/:id/tags',
    scope: 'read',
    tag: 'Inventory',
    summary: 'Get the tags of a function, with their sources',
    params,
    answer: functionTagsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
  saveFunctionTags: {
    method: 'put',
    path: '/api/v1/functions/:id/tags',
    scope: 'admin',
    tag: 'Inventory',
    summary: 'Set tags of a function; they have precedence over those of the file and of AWS',
    params,
    body: ownTags,
    answer: functionTagsAnswer,
    problems: ['not-found', 'ambiguous'],
  },
});

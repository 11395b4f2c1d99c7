/** Handlers of the tags of functions. */
import { isoOrNull } from '../../../ingest/records/time.ts';
import type { Named } from '../../tags/tag-rule.ts';
import type { Context } from '../context.ts';
import { MOST_TAGS, ownTagFault, tagFault } from '../contract/tag-limits.ts';
import type { FunctionTagsAnswer } from '../contract/tags.ts';
import { SHOWN, tagRoutes } from '../contract/tags.ts';
import { implement } from '../implement.ts';
import { functionOf } from '../query.ts';
import type { FieldError } from '../validation.ts';
import { rejectInvalid } from '../validation.ts';

/** Errors of a body that are stated. */
const MOST_ERRORS = 20;

export const tagHandlers = implement(tagRoutes, {
  listTags: async ({ context: { tags, tagsFile, permitted }, principal }) => {
    const restriction = principal?.restriction ?? null;
    const known = await tags.keys((owner) => permitted.permits(restriction, owner));
    // The file is about every function.
    const state = restriction === null ? (tagsFile?.state() ?? null) : null;
    return {
      teamKey: tags.teamKey,
      items: known.slice(0, SHOWN.keys).map(({ key, functions, values }) => ({
        ...{ key, functions },
        values: values.slice(0, SHOWN.values).map((one) => ({ ...one })),
        omitted: Math.max(0, values.length - SHOWN.values),
      })),
      nextCursor: null,
      omitted: Math.max(0, known.length - SHOWN.keys),
      file: state && { rules: state.rules, readAt: isoOrNull(state.readMs), errors: [...state.errors] },
    };
  },
  saveReadTags: async ({ context, body }) => {
    let leftOut = 0;
    const functions = body.functions.map(({ tags, ...owner }) => {
      const all = Object.entries(tags);
      const valid = all.filter(([key, value]) => tagFault(key, value) === null).slice(0, SHOWN.read);
      leftOut += all.length - valid.length;
      return { ...owner, tags: Object.fromEntries(valid) };
    });
    await context.tags.save('inventory', functions);
    return { functions: functions.length, leftOut };
  },
  getFunctionTags: async ({ context, params }) => answerOf(context, await functionOf(params.id, context.store)),
  saveFunctionTags: async ({ context, params, body }) => {
    const { account, region, name } = await functionOf(params.id, context.store);
    rejectInvalid(faultsOf(body.tags));
    await context.tags.save('manual', [{ account, region, name, tags: body.tags }]);
    return answerOf(context, { account, region, name });
  },
});

function answerOf({ tags }: Context, owner: Named): FunctionTagsAnswer {
  return {
    items: [...tags.tagsOf(owner).values()].map(({ overridden, ...tag }) => ({
      ...tag,
      overridden: overridden.map((one) => ({ ...one })),
    })),
    nextCursor: null,
    manual: { ...tags.storedTags('manual', owner) },
  };
}

function faultsOf(tags: Readonly<Record<string, string>>): readonly FieldError[] {
  const all = Object.entries(tags);
  if (all.length > MOST_TAGS) return [{ field: 'tags', message: `${all.length} tags; expected at most ${MOST_TAGS}` }];
  return all
    .flatMap(([key, value]) => {
      const message = ownTagFault(key, value);
      return message === null ? [] : [{ field: `tags.${key.slice(0, 200)}`, message }];
    })
    .slice(0, MOST_ERRORS);
}

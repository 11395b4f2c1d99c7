/** Handler of connect instructions, filled in with this server's address. The caller creates the ingest key. */
import { endpointProblem, KEY_PLACEHOLDER, kits } from '../../config/deploy-kits.ts';
import { connectRoutes } from '../contract/connect.ts';
import { implement } from '../implement.ts';
import { codeOf, sentenceOf } from '../presentation/reasons.ts';

export const connectHandlers = implement(connectRoutes, {
  getConnectInstructions: async ({ context, request }) => {
    const baseUrl = (context.config.publicUrl ?? new URL(request.url).origin).replace(/\/$/, '');
    const problem = endpointProblem(baseUrl);
    return {
      baseUrl,
      problem: sentenceOf(problem),
      problemCode: codeOf(problem),
      keyPlaceholder: KEY_PLACEHOLDER,
      kits: kits(context.kitPaths, { baseUrl, key: KEY_PLACEHOLDER }).map(({ joinable: _, ...kit }) => ({
        ...kit,
        steps: [...kit.steps],
        files: [...kit.files],
      })),
    };
  },
});

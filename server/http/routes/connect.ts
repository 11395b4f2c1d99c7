/** The ways to connect an account, filled in with this server's address. Keys are made by the one who asks. */
import { endpointProblem, KEY_PLACEHOLDER, kits } from '../../config/deploy-kits.ts';
import { connectAnswer } from '../contract/connect.ts';
import { route } from '../route.ts';

export const connectRoutes = [
  route(
    {
      method: 'get',
      path: '/api/v1/connect',
      scope: 'read',
      summary: 'Templates and commands that connect an account',
      answer: connectAnswer,
    },
    async ({ context, request }) => {
      const baseUrl = (context.config.publicUrl ?? new URL(request.url).origin).replace(/\/$/, '');
      return {
        baseUrl,
        problem: endpointProblem(baseUrl),
        keyPlaceholder: KEY_PLACEHOLDER,
        kits: kits(context.kitPlaces, { baseUrl, key: KEY_PLACEHOLDER }).map((kit) => ({
          ...kit,
          steps: [...kit.steps],
          files: [...kit.files],
        })),
      };
    },
  ),
];

/** Problem documents (RFC 9457) and the closed list of their codes. */
import * as z from 'zod';

/** Every problem code with its HTTP status and title. Clients decide by the code, never by the text. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Authentication required' },
  forbidden: { status: 403, title: 'The token does not have the required scope' },
  'not-found': { status: 404, title: 'Not found' },
  'no-data-in-range': { status: 404, title: 'No data in this time range' },
  'method-not-allowed': { status: 405, title: 'Method not allowed' },
  ambiguous: { status: 409, title: 'More than one function has this name' },
  conflict: { status: 409, title: 'The request conflicts with the current state' },
  'payload-too-large': { status: 413, title: 'The request body is too large' },
  'unsupported-media-type': { status: 415, title: 'The request body must be JSON' },
  misdirected: { status: 421, title: 'The host name is not one of this server' },
  'query-too-large': { status: 422, title: 'The query needs more memory than it may use' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Internal server error' },
  'not-available': { status: 501, title: 'Not available on this server' },
  unavailable: { status: 503, title: 'The store is temporarily unavailable' },
  deadline: { status: 504, title: 'The query timed out. Choose a shorter time range' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

export const problem = z
  .object({
    type: z.string().describe('urn:thermocline:problem: followed by the code'),
    code: z.enum(codes).describe('Stable and machine-readable; decide by this'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Each rejected field with what was expected'),
  })
  .describe('RFC 9457 problem document')
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

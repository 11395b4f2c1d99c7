/** Codes of all errors. A problem document's `type` ends in one; clients decide by it, never by the English text. */
export type ProblemCode =
  | 'invalid-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  /** The resource exists, but has no data in the requested time range. */
  | 'no-data-in-range'
  | 'ambiguous'
  | 'conflict'
  | 'method-not-allowed'
  | 'payload-too-large'
  | 'unsupported-media-type'
  | 'too-many-requests'
  | 'unavailable'
  | 'deadline'
  | 'internal';

export const PROBLEM_TYPE_PREFIX = 'urn:thermocline:problem:';

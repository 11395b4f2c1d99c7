/** What went wrong with a call, in the few kinds that ask for different things of a person. */
import type { PullState } from '../records/pull-checkpoint.ts';

const KINDS: readonly (readonly [PullState, RegExp])[] = [
  [
    'throttled',
    /^(?:Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded)$/,
  ],
  ['gone', /^ResourceNotFoundException$/],
  ['denied', /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized)$/],
  [
    'credentials',
    /^(?:ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|IncompleteSignature|CredentialsProviderError|TokenProviderError|SSOTokenProviderFailure)$/,
  ],
];

export function stateOf(error: unknown): Exclude<PullState, 'ok'> {
  const name = error instanceof Error ? error.name : '';
  const found = KINDS.find(([, pattern]) => pattern.test(name))?.[0];
  return found === undefined || found === 'ok' ? 'error' : found;
}

/** One sentence with what to do about it. */
export function explainAws(error: unknown, action: string): string {
  if (error instanceof Error && error.message.startsWith('Region is missing')) {
    return 'No AWS region is set: give --region, or set AWS_REGION.';
  }
  const said = error instanceof Error ? `${error.name}: ${oneLine(error.message)}` : oneLine(String(error));
  switch (stateOf(error)) {
    case 'throttled':
      return `AWS throttles ${action}: lower the request rate, or ask for a higher quota. (${said})`;
    case 'gone':
      return `It does not exist (any more): ${said}`;
    case 'denied':
      return `The credentials may not do this: allow ${action}. (${said})`;
    case 'credentials':
      return `The credentials are missing, expired or not valid: sign in again (aws sso login), or set AWS_PROFILE. (${said})`;
    case 'error':
      return `${action} failed: ${said}`;
  }
}

/** A token that is too old, or of another query: the only way on is from the start. */
export function isTokenExpired(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'InvalidParameterException' || error.name === 'InvalidNextToken') &&
    /token/i.test(error.message)
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

/** Classifies AWS errors by what the user has to do about them. */
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

/** Explains an error and what to do about it, in one sentence. `action` is the IAM action, such as `logs:FilterLogEvents`. */
export function explainAws(error: unknown, action: string): string {
  if (error instanceof Error && error.message.startsWith('Region is missing')) {
    return 'No AWS region is set. Pass --region or set AWS_REGION.';
  }
  const detail = error instanceof Error ? `${error.name}: ${oneLine(error.message)}` : oneLine(String(error));
  switch (stateOf(error)) {
    case 'throttled':
      return `AWS throttles ${action}. Lower the request rate or request a higher quota. (${detail})`;
    case 'gone':
      return `The resource does not exist or was deleted: ${detail}`;
    case 'denied':
      return `The credentials lack a permission. Allow ${action}. (${detail})`;
    case 'credentials':
      return `The credentials are missing, expired or invalid. Sign in again (aws sso login) or set AWS_PROFILE. (${detail})`;
    case 'error':
      return `${action} failed: ${detail}`;
  }
}

/** Whether a page token is expired or belongs to another query. The scan must then restart. */
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

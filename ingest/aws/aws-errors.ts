/** Classifies AWS errors by what the user has to do about them. */
import type { PullState } from '../records/pull-checkpoint.ts';
import { isOptInRegion } from './aws-regions.ts';
import { classInError, isLogClassError, logClassProblem } from './log-class.ts';

const KINDS: readonly (readonly [PullState, RegExp])[] = [
  [
    'throttled',
    /^(?:Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded)$/,
  ],
  ['gone', /^ResourceNotFoundException$/],
  [
    'denied',
    /^(?:AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorized|ForbiddenException|OptInRequired|SubscriptionRequiredException)$/,
  ],
  [
    'credentials',
    /^(?:ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|MissingAuthenticationTokenException|CredentialsProviderError|TokenProviderError|SSOTokenProviderFailure|RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/,
  ],
];

/** State of a pulled log group after a request that failed with this error. */
export function stateOf(error: unknown): Exclude<PullState, 'ok'> {
  if (isLogClassError(error)) return 'unsupported';
  const name = error instanceof Error ? error.name : '';
  const found = KINDS.find(([, pattern]) => pattern.test(name))?.[0];
  return found === undefined || found === 'ok' ? 'error' : found;
}

/**
 * Explains an error and what to do about it, in one or two sentences. `action` is the IAM action, such as
 * `logs:FilterLogEvents`; `region` is where it was called, if known.
 */
export function explainAws(error: unknown, action: string, region?: string): string {
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
      return `${explainDenial(error, action, region)} (${detail})`;
    case 'credentials':
      return `${explainCredentials(error, region)} (${detail})`;
    case 'unsupported':
      return `${logClassProblem(classInError(error)) ?? ''} (${detail})`;
    case 'error':
      return `${action} failed: ${explainNetwork(error) ?? detail}`;
  }
}

/** Policies other than the user's own that can deny a request, by AWS's words for them. */
const DENIALS: readonly (readonly [RegExp, string])[] = [
  [
    /service control policy/i,
    'A service control policy of the organization denies it. An administrator of the organization has to allow',
  ],
  [
    /resource control policy/i,
    'A resource control policy of the organization denies it. An administrator of the organization has to allow',
  ],
  [/permissions boundary/i, 'The permissions boundary of the user or role does not allow it. Add to the boundary'],
  [/session policy/i, 'The policy of the session does not allow it. Assume the role without it, or add to it'],
  [/VPC endpoint policy/i, 'The policy of the VPC endpoint does not allow it. Add to it'],
  [/resource-based policy/i, 'A policy on the resource denies it. Allow there'],
  [
    /explicit deny/i,
    'A policy of the user or role denies it explicitly, which no other policy overrides. Remove the deny of',
  ],
];

function explainDenial(error: unknown, action: string, region: string | undefined): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (/^(?:OptInRequired|SubscriptionRequiredException)$/.test(name)) return notEnabled(region);
  // "…because no identity-based policy allows…" is the ordinary case.
  const cause = DENIALS.find(([pattern]) => pattern.test(message))?.[1];
  return `${cause ?? 'The credentials lack a permission. Allow'} ${action}.`;
}

function explainCredentials(error: unknown, region: string | undefined): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: '' };
  if (
    /RequestTimeTooSkewed|RequestExpired|RequestInTheFuture/.test(name) ||
    /Signature (?:expired|not yet current)/i.test(message)
  )
    return 'AWS refuses the request because the clock of this machine is wrong. Use NTP (chrony, systemd-timesyncd).';
  if (/^Expired|expired/.test(`${name} ${message}`) && !/Signature/.test(name))
    return 'The temporary credentials have expired. Sign in again (aws sso login) or renew them.';
  if (/ProviderError|ProviderFailure|^Missing/.test(name))
    return 'No credentials were found. Sign in (aws sso login), set AWS_PROFILE, or give the machine a role.';
  if (/^(?:InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature)$/.test(name))
    return 'The secret access key does not belong to the access key. Check both.';
  if (region !== undefined && isOptInRegion(region)) return notEnabled(region);
  return 'AWS does not know these credentials: they are deleted, mistyped, or of another partition (aws, aws-cn, aws-us-gov). Sign in again (aws sso login) or set AWS_PROFILE.';
}

function notEnabled(region: string | undefined): string {
  const where = region === undefined ? 'The region' : `Region ${region}`;
  return `${where} is probably not enabled for this account. Enable it (Account → AWS Regions; aws account enable-region), or use another one. If it is enabled, the credentials are invalid.`;
}

/** Explains a failed connection; null for other errors. */
function explainNetwork(error: unknown): string | null {
  const { code, hostname } = (error ?? {}) as { readonly code?: unknown; readonly hostname?: unknown };
  const host = typeof hostname === 'string' ? hostname : 'the endpoint';
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} could not be resolved. Check the name of the region and DNS; behind a proxy set HTTPS_PROXY. (${String(code)})`;
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return `No connection to ${host}. Check routes, security groups and VPC endpoints; behind a proxy set HTTPS_PROXY. (${String(code)})`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'UND_ERR_PRX_TLS':
      return `The certificate of ${host}, or of the proxy in front of it, is not trusted (${code}). If a proxy uses its own certificate authority, set NODE_EXTRA_CA_CERTS to the authority's file.`;
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'EPROTO':
      return `TLS with ${host} or the proxy failed (${code}). If the proxy does not speak TLS itself, its URL in HTTPS_PROXY starts with http://.`;
    default: {
      const text = error instanceof Error ? error.message : '';
      if (!/^Proxy (?:response|Authentication)/.test(text)) return null;
      return `The proxy refused the connection (${/\d{3}/.exec(text)?.[0] ?? 'no status'}). Check HTTPS_PROXY and its credentials, or exempt the host with NO_PROXY.`;
    }
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

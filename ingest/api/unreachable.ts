/** A server that cannot be reached: why, in words. */

/** No answer came from the server, or not all of it; the message names its address and the reason. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** Whether trying again may help by itself: a server that restarts, a network that is disturbed. */
  readonly isTemporary: boolean;

  constructor(message: string, isTemporary: boolean) {
    super(message);
    this.isTemporary = isTemporary;
  }
}

/** The error for a failed request to `url`; null if it did not fail on the way to the server. */
export function unreachable(url: string, error: unknown): UnreachableError | null {
  const fault = connectionFault(error);
  return fault === null ? null : new UnreachableError(`Cannot reach ${url}: ${fault.text}`, fault.isTemporary);
}

interface Fault {
  readonly text: string;
  readonly isTemporary: boolean;
}

/** What a connection failed of; null for other errors. `fetch` hides the reason in `cause`, in one for each address of the host. */
export function connectionFault(error: unknown): Fault | null {
  if (!(error instanceof TypeError) || !/^(?:fetch failed|terminated)$/.test(error.message)) return null;
  const { cause } = error;
  const first: unknown = cause instanceof AggregateError && codeOf(cause) === '' ? cause.errors[0] : cause;
  const code = codeOf(first);
  const lasting = (text: string): Fault => ({ text, isTemporary: false });
  const temporary = (text: string): Fault => ({ text: code === '' ? text : `${text} (${code})`, isTemporary: true });
  switch (code) {
    case 'ECONNREFUSED':
      return temporary('the connection was refused');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return temporary('the connection was closed before the answer was complete');
    case 'ENOTFOUND':
      return lasting(`the host name could not be resolved (${code})`);
    case 'EAI_AGAIN':
      return temporary('the host name could not be resolved');
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return temporary('there is no route to it');
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return temporary('no answer came in time');
  }
  const detail = first instanceof Error ? first.message.split('\n')[0]?.slice(0, MOST_CHARS) : '';
  if (/^(?:ERR_TLS|ERR_SSL|EPROTO|HPE_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|.*CERT)/.test(code)) {
    if (code.startsWith('HPE_')) return lasting(`the answer is not HTTP; is it https:? (${code})`);
    if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
      return lasting(`the TLS handshake failed; is it http:? (${code})`);
    // Names in a certificate are what its owner wrote.
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return lasting(`its certificate is for other host names (${code})`);
    return lasting(`its certificate is not trusted: ${detail} (${code})`);
  }
  return {
    text: [detail, code === '' ? '' : `(${code})`].filter(Boolean).join(' ') || error.message,
    isTemporary: true,
  };
}

const MOST_CHARS = 200;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** Who uses the tools, and how the API is asked in their name. */
import type { ApiClient } from '../../ingest/api/api-client.ts';
import type { Principal } from '../http/access/auth.ts';

export interface Caller {
  /** Asks the API with the caller's credential. */
  readonly client: ApiClient;
  readonly scope: Principal['scope'];
  /** Whether it may read some functions only. */
  readonly isRestricted: boolean;
  /** Address of the web UI without a slash at its end; empty if it is not known, so that links are paths. */
  readonly baseUrl: string;
  /** Version of the product. */
  readonly version: string;
  /** Ends with the request. */
  readonly signal?: AbortSignal;
}

/** Deployments as pipelines and people reported them. Part of the control plane. */

export interface DeployMarker {
  readonly id: string;
  /** When it was deployed, epoch ms. */
  readonly atMs: number;
  /** Names, ids (account:region:name), or patterns of them with `*` and `?`; empty for all functions. */
  readonly functions: readonly string[];
  /** Null where it was not sent, as the others. */
  readonly label: string | null;
  readonly version: string | null;
  readonly commit: string | null;
  readonly author: string | null;
  /** Of http or https. */
  readonly url: string | null;
  /** Name of the token with which it was sent. */
  readonly sender: string;
}

export interface MarkerQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** Only those that concern this function. */
  readonly owner?: { readonly account: string; readonly region: string; readonly name: string } | undefined;
  /** The newest so many; all without it. */
  readonly limit?: number;
}

/** Markers that are kept. Beyond them the oldest are deleted. */
export const MOST_MARKERS = 10_000;

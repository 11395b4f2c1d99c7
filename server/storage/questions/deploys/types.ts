/** Updates of $LATEST. */

/** `code` and `configuration`: what was updated. `unknown`: inventory shows an update, but not of what. */
export type DeployKind = 'create' | 'code' | 'configuration' | 'unknown';

export interface StoredDeploy {
  readonly atMs: number;
  readonly kind: DeployKind;
  /** Source of the update: CloudTrail, the inventory, or both. */
  readonly sources: readonly ('cloudtrail' | 'inventory')[];
  /** Hash of the deployment package from then on; null if it was not reported. */
  readonly codeSha256: string | null;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface DeploysQuestions {
  /** Returns the newest updates of a function's $LATEST, newest first. Published versions are never updated. */
  deploys(query: { readonly functionId: number; readonly limit: number }): Promise<readonly StoredDeploy[]>;
}

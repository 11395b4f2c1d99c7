/** Encodes what only a deploy changes about environments. The text is compared, and stored with changes. */

export interface DeployedConfiguration {
  readonly version: string | null;
  readonly memoryMb: number | null;
  /** Names of external extensions, joined by line ends; null if there are none. */
  readonly extensions: string | null;
  /** The update of $LATEST that was in force when the environment started, epoch ms; null if none is known. */
  readonly deployedAtMs: number | null;
}

/** Without a known deploy the text has no fourth member, as versions before deploys were known wrote it. */
export function encodeConfiguration({ version, memoryMb, extensions, deployedAtMs }: DeployedConfiguration): string {
  return JSON.stringify([version, memoryMb, extensions, ...(deployedAtMs === null ? [] : [deployedAtMs])]);
}

/** Decodes what {@link encodeConfiguration} wrote; null for any other text. */
export function decodeConfiguration(text: string): DeployedConfiguration | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(value)) return null;
  const [version, memoryMb, extensions, deployedAtMs = null]: readonly unknown[] = value;
  if (!isTextOrNull(version) || !isNumberOrNull(memoryMb)) return null;
  if (!isTextOrNull(extensions) || !isNumberOrNull(deployedAtMs)) return null;
  return { version, memoryMb, extensions, deployedAtMs };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isNumberOrNull(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}

/**
 * Returns the deploy in force for an environment, epoch ms. `deploysMs` are the function's updates of $LATEST, ascending.
 * Published versions do not change, so it is null for them.
 */
export function deployOf(
  environment: { readonly version: string | null; readonly startedMs: number },
  deploysMs: readonly number[],
): number | null {
  if (environment.version !== '$LATEST') return null;
  return deploysMs.findLast((ms) => ms <= environment.startedMs) ?? null;
}

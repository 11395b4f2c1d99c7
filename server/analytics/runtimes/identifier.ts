/** Names runtimes by the identifiers that AWS uses in configuration, such as `python3.13` or `nodejs22.x`. */

/** Last part of a runtime version as INIT_START prints it: `v12`, or since 2025 `mainline.v122` and `mainlinev2.v43`. */
const RELEASE = /\.(?:mainline(?:v\d{1,4})?\.)?v\d{1,9}$/;
const LANGUAGES: ReadonlySet<string> = new Set([
  'dotnet',
  'dotnetcore',
  'go',
  'java',
  'nodejs',
  'provided',
  'python',
  'ruby',
]);

/**
 * Reads the identifier from a runtime version of INIT_START: `python:3.13.v12` is `python3.13`, `nodejs:22.v31` is
 * `nodejs22.x`, `provided:al2023.v97` is `provided.al2023`. Null if the text is not in that form.
 */
export function identifierOf(runtimeVersion: string): string | null {
  const match = /^([a-z]{2,16}):([0-9a-z.]{1,64})$/.exec(runtimeVersion);
  if (match === null) return null;
  const [, language = '', printed = ''] = match;
  const version = printed.replace(RELEASE, '');
  if (!LANGUAGES.has(language) || !/^(?:al)?\d[\d.a-z]{0,15}$/.test(version)) return null;
  switch (language) {
    case 'provided':
      return `provided.${version}`;
    case 'nodejs':
    case 'go':
      return version.endsWith('.x') ? `${language}${version}` : `${language}${version}.x`;
    default:
      return `${language}${version}`;
  }
}

export interface KnownRuntime {
  /** From the inventory, such as `nodejs22.x`; null if unknown. */
  readonly runtime: string | null;
  /** From the newest INIT_START, such as `nodejs:22.v31`; null if none was received. */
  readonly runtimeVersion: string | null;
}

/**
 * Returns the identifier of a function's runtime. The newest INIT_START decides, because inventory may be older; inventory
 * may add the operating system (`java17.al2023`). The text of INIT_START is returned if its form is unknown.
 */
export function runtimeOf({ runtime, runtimeVersion }: KnownRuntime): string | null {
  const printed = runtimeVersion === null ? null : identifierOf(runtimeVersion);
  if (printed === null || runtime?.startsWith(`${printed}.`) === true) return runtime ?? runtimeVersion;
  return printed;
}

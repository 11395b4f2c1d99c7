/** The address that signs a browser in. The code is in the fragment, which browsers send to no server. */
export function signInLink(base: string, code: string): string {
  return `${base}/sign-in#code=${code}`;
}

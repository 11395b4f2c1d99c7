/** Variables that begin as settings do and are none: those of commands that ask a server, and those of Kubernetes. Pure. */

/** Address and token of a server elsewhere, for the commands with `--url` and `--token`. */
export const CLIENT_VARIABLES: readonly string[] = ['THERMOCLINE_URL', 'THERMOCLINE_TOKEN'];

const PORT_ADDRESS = /^(?:tcp|udp|sctp):\/\//;
const OF_SERVICE =
  /^THERMOCLINE_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const PORT_OF_SERVICE = /^THERMOCLINE_(?:[A-Z0-9_]+_)?PORT$/;

/**
 * Whether Kubernetes (and links of Docker) set the variable in each pod beside a Service whose name begins with `thermocline`:
 * `THERMOCLINE_PORT=tcp://10.0.0.1:80`, `THERMOCLINE_SERVICE_HOST`, `THERMOCLINE_INGEST_PORT_80_TCP`, …
 */
export function isServiceLink(name: string, value: string): boolean {
  return OF_SERVICE.test(name) || (PORT_OF_SERVICE.test(name) && PORT_ADDRESS.test(value));
}

/** Says that such variables are ignored; null if there are none. */
export function serviceLinksWarning(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const [first = ''] = names;
  const which = names.length === 1 ? first : `${first} and ${names.length - 1} more`;
  return `ignored ${which}: Kubernetes sets them for a Service named thermocline, and they are no settings. enableServiceLinks: false in the pod keeps them out`;
}

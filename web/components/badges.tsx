/** Small marks beside names. The word carries the meaning; colour only helps. */
import type { Warning } from '../../server/http/contract/functions.ts';
import type { Invocation } from '../../server/http/contract/invocations.ts';

const WORDS: Readonly<Record<Warning, readonly [label: string, tone: string, title: string]>> = {
  'out-of-memory': ['out of memory', 'bad', 'Invocations were killed at the memory limit'],
  timeouts: ['timeouts', 'bad', 'Invocations ran into the timeout'],
  'memory-near-limit': ['memory > 95 %', 'warm', 'Max Memory Used is above 95 % of the memory size'],
  'function-name-unknown': ['name from log group', '', 'Only a custom log group names this function'],
  'region-unknown': ['region unknown', '', 'No line or path named the region'],
  'price-assumed': ['price assumed', '', 'Architecture or region is unknown: priced as x86 at the standard rate'],
  'starts-missing': ['START missing', 'warm', 'Some START lines did not arrive: coverage is below 99 %'],
};

export function WarningBadges({ warnings }: { readonly warnings: readonly Warning[] }) {
  return (
    <>
      {warnings
        .filter((warning) => warning !== 'price-assumed')
        .map((warning) => (
          <span class={`badge ${WORDS[warning][1]}`} title={WORDS[warning][2]}>
            {WORDS[warning][0]}
          </span>
        ))}
    </>
  );
}

export function SimulatedBadge() {
  return (
    <span class="badge warm" title="Made by `thermocline demo`; account 000000000000">
      simulated
    </span>
  );
}

export function StatusBadge({ status }: { readonly status: Invocation['status'] }) {
  return <span class={`badge ${status === 'success' ? 'good' : 'bad'}`}>{status}</span>;
}

export function ColdBadge({ cold }: { readonly cold: Invocation['coldStart'] }) {
  if (cold === null) return null;
  return (
    <span
      class={`badge ${cold.userFelt ? 'warm' : ''}`}
      title={cold.userFelt ? 'A caller waited for it' : 'Nobody waited for it'}
    >
      {cold.kind} cold start
    </span>
  );
}

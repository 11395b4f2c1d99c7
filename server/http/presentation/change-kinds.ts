/** Names the kinds of a change. */
import type { EnvironmentKind, WhatChanged } from '../../storage/ports.ts';

export interface ChangeKinds {
  /** version, memory, extensions, runtime-patch, vpc, timeout, layers, ... */
  readonly kinds: string[];
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

export function kindsOf(what: WhatChanged): ChangeKinds {
  return what.source === 'logs' ? fromLogs(what.from, what.to) : fromInventory(what.facts);
}

/** Whether only the runtime was patched, without a deployment. */
export function isPatch({ kinds }: ChangeKinds): boolean {
  return kinds.length === 1 && kinds[0] === 'runtime-patch';
}

function fromLogs(from: EnvironmentKind, to: EnvironmentKind): ChangeKinds {
  const kinds: string[] = [];
  if (from.version !== to.version) kinds.push('version');
  if (from.deployedAtMs !== to.deployedAtMs && from.version === to.version) kinds.push('deploy');
  if (from.memoryMb !== to.memoryMb) kinds.push('memory');
  if (from.extensions.join('\n') !== to.extensions.join('\n')) kinds.push('extensions');
  if (from.runtimeVersionArn !== to.runtimeVersionArn) kinds.push('runtime-patch');
  return { kinds, before: { ...from }, after: { ...to } };
}

/** Kinds of inventory fields whose names differ. */
const FACT_KINDS: Readonly<Record<string, string>> = {
  subnetIds: 'vpc',
  securityGroupIds: 'vpc',
  timeoutMs: 'timeout',
  ephemeralStorageMb: 'ephemeral-storage',
};

function fromInventory(
  facts: readonly { readonly name: string; readonly from: unknown; readonly to: unknown }[],
): ChangeKinds {
  return {
    kinds: [...new Set(facts.map(({ name }) => FACT_KINDS[name] ?? name))],
    before: Object.fromEntries(facts.map(({ name, from }) => [name, from])),
    after: Object.fromEntries(facts.map(({ name, to }) => [name, to])),
  };
}

/** Names a change in a few words. */
import type { ChangeKinds } from './change-kinds.ts';

/** `version 43, memory 1024 → 512 MB`. */
export function changeLabel({ kinds, before, after }: ChangeKinds): string {
  return kinds.map((kind) => labelOf(kind, before, after)).join(', ');
}

type Side = Readonly<Record<string, unknown>>;

function labelOf(kind: string, before: Side, after: Side): string {
  if (kind === 'memory') return `memory ${before['memoryMb'] ?? '?'} → ${after['memoryMb'] ?? '?'} MB`;
  if (kind === 'architecture') return `${before['architecture'] ?? '?'} → ${after['architecture'] ?? '?'}`;
  return kind === 'version' ? `version ${after['version'] ?? '?'}` : kind.replace('-', ' ');
}

import type { Genes } from './genes.ts';

/** A text by name: what it repeats, and what stands before and after that. */
export interface NamedCase extends Omit<Genes, 'entryPoint'> {
  readonly name: string;
  readonly entryPoint: string;
}

export function named(name: string, entryPoint: string, head: string, piece: string, tail = ''): NamedCase {
  return { name, entryPoint, head, piece, tail };
}

import type { MemoryAnswer } from '../../server/http/contract/memory.ts';
import type { Message } from '../i18n/translate.ts';
import { message, translated } from '../i18n/translate.ts';

const FINDINGS: Readonly<Record<MemoryAnswer['finding'], readonly [label: Message, tone: string]>> = {
  optimized: [message('optimized'), 'good'],
  'over-provisioned': [message('over-provisioned'), 'warm'],
  'under-provisioned': [message('under-provisioned'), 'bad'],
  'insufficient-data': [message('insufficient data'), ''],
  inconclusive: [message('inconclusive'), ''],
};

/** What right-sizing found of a function, as a badge. */
export function MemoryFinding({ finding }: Pick<MemoryAnswer, 'finding'>) {
  const [label, tone] = FINDINGS[finding];
  return <span class={`badge ${tone}`}>{translated(label)}</span>;
}

/** Sentences of findings in the language of the reader. */
import type { FindingWriter } from '../../ingest/text/finding-sentences.ts';
import * as sentences from '../../ingest/text/finding-sentences.ts';
import type { FindingCode, FindingGroup } from '../../server/http/contract/findings.ts';
import type { ReasonCodeView } from '../../server/http/contract/reasons.ts';
import { duration } from '../format.ts';
import { reasonText } from './reason.ts';
import type { Message, Values } from './translate.ts';
import { translated } from './translate.ts';

type Parameters = FindingGroup['parameters'];

const written = (text: string, values: Values): string => translated(text as Message, values);
const WRITER: FindingWriter = {
  ...{ t: written, translated: written },
  duration,
  reason: (sentence, code, parameters) =>
    reasonText(sentence, code === null ? null : { code: code as ReasonCodeView['code'], parameters }),
};

export const groupText = (code: FindingCode, parameters: Parameters): string =>
  sentences.groupText(WRITER, code, parameters);
export const nextText = (code: FindingCode, parameters: Parameters): string =>
  sentences.nextText(WRITER, code, parameters);
export const findingText = (code: FindingCode, parameters: Parameters): string =>
  sentences.findingText(WRITER, code, parameters);

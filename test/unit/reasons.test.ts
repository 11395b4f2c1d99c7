/** docs/reasons.md lists every code of a reason with its sentence. */
import { expect, test } from 'vitest';
import { REASON_TEXTS } from '../../ingest/text/reason-texts.ts';
import { REASON_CODES } from '../../server/http/contract/reason-codes.ts';

const HEAD = `# Codes of reasons

Beside most English sentences that say why something is as it is, or is not known, answers of the API have an object with a \`code\` and
\`parameters\`: \`reason\` has \`reasonCode\`, \`method\` has \`methodCode\`, \`floorReason\` has \`floorReasonCode\`. Lists of sentences have
lists of codes in the same order (\`reasonCodes\`). It is null where the sentence is null, and left out of a sentence that has no code. Decide
by the code, and write the sentence in another language from it and the parameters.

The sentences are in [ICU MessageFormat](https://unicode-org.github.io/icu/userguide/format_parse/messages/). Parameters are plain numbers,
texts, and true or false, which the sentences select by as \`yes\` and \`no\`. Names end with the unit: \`…Ms\` is a length of time, \`…Mb\` a
size of memory, \`…Bytes\` a size, \`…Share\` a ratio that is shown in percent, \`…Change\` one with its
sign, \`…Factor\` a number of times, \`…Quantity\` a value in the \`unit\` beside it.

| code | sentence |
|---|---|
`;

test('docs/reasons.md is up to date: `npx vitest run --project unit test/unit/reasons.test.ts -u` rewrites it', async () => {
  const rows = REASON_CODES.map((code) => `| \`${code}\` | ${REASON_TEXTS[code].replaceAll('|', '\\|')} |\n`);
  await expect(`${HEAD}${rows.join('')}`).toMatchFileSnapshot('../../docs/reasons.md');
});

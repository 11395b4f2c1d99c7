/** `serverless logs` prints platform lines without their times: such output is recognised, so that the error can say so. */

/** Version 4 replaces `RequestId:` by a dash. */
const VERSION_4 = /^(?:START|END|REPORT) - [0-9a-f]{8}-[0-9a-f-]{27}(?: - Version: \S{1,64})?[ \t]*\r?$/m;
/** Version 3 keeps only the word START, and a shortened REPORT that it calls END. */
const VERSION_3 =
  /^END Duration: \d{1,12}(?:\.\d{1,9})? ms(?: \(init: ?\d{1,12}(?:\.\d{1,9})? ms\))?[ \t](?:Memory Used|Billed Duration): /m;

/** Whether the text is output of `serverless logs` 3 or 4, which drops times (3: request ids, too) of platform lines. */
export function isServerlessOutput(text: string): boolean {
  return VERSION_4.test(text) || VERSION_3.test(text);
}

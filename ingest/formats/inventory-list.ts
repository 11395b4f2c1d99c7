/** Reads the output of `aws lambda list-functions` as the body of a request: all of it or, unlike an import, nothing. */

import { joinVersions, readFunctionFacts } from '../documents/function-facts.ts';
import { isObject } from '../documents/json.ts';
import type { FunctionFacts } from '../records/function-facts.ts';
import { MAX_LISTED_FUNCTIONS } from '../records/function-facts.ts';
import { integer } from '../text/quantities.ts';
import type { StrictJsonError } from '../text/strict-json.ts';
import { readStrictJson } from '../text/strict-json.ts';

export type InventoryList =
  | { readonly ok: true; readonly facts: readonly FunctionFacts[] }
  | { readonly ok: false; readonly error: StrictJsonError };

export function readInventoryList(text: string): InventoryList {
  const read = readStrictJson(text);
  if (!read.ok) return read;
  const list = isObject(read.value) ? read.value['Functions'] : undefined;
  if (!Array.isArray(list))
    return refused('Functions', 'expected the list of aws lambda list-functions in a body of this size');
  if (isObject(read.value) && 'functions' in read.value)
    return refused('functions', 'expected either declared facts or the list of aws lambda list-functions');
  if (list.length > MAX_LISTED_FUNCTIONS)
    return refused('Functions', `${integer(list.length)} entries; expected at most ${integer(MAX_LISTED_FUNCTIONS)}`);
  return factsOf(list);
}

/** The configurations of a list, with the published versions of a function joined. */
export function factsOf(list: readonly unknown[]): InventoryList {
  const records: FunctionFacts[] = [];
  for (const [at, entry] of list.entries()) {
    if (!isObject(entry)) return refused(`Functions.${at}`, 'expected an object');
    const result = readFunctionFacts(entry);
    const record = result.ok ? result.records[0] : undefined;
    if (record?.kind !== 'function-facts') return refused(`Functions.${at}.FunctionName`, 'expected a string');
    records.push(record);
  }
  return { ok: true, facts: joinVersions(records) };
}

function refused(field: string, message: string): InventoryList {
  return { ok: false, error: { field, message } };
}

/** Whether a JSON record holds a platform line in a member that no reader knows. */
import type { Json } from '../documents/json.ts';
import { isObject } from '../documents/json.ts';
import { isPlatformLine } from '../lines/platform-line.ts';
import { eachMember, LARGE_CHARS, lastValues, stringAt } from '../text/json-members.ts';
import { EVERY_SHAPE, SHAPE } from './record-shape.ts';

/** Whether a member of the record, or of an object in it, is a platform line as it stands. */
export function holdsPlatformLine(value: unknown, depth = 2): boolean {
  if (typeof value === 'string') return isPlatformLine(value);
  if (!isObject(value) || depth === 0) return false;
  let members = 0;
  for (const name in value) {
    if (holdsPlatformLine(value[name], depth - 1)) return true;
    members += 1;
    if (members === MOST_MEMBERS) return false;
  }
  return false;
}

const MOST_MEMBERS = 100;

/**
 * The same for a record with the text that it was parsed from, or null: in a large one the line is looked for in the text, and in one
 * that was not parsed in full (`isPart`). `shape`: of the members that were parsed.
 */
export function statesPlatformLine(record: Json, text: string | null, isPart = false, shape = EVERY_SHAPE): boolean {
  if (!isPart && (shape & SHAPE.inner) === 0) return false;
  if (isPart && text !== null) return MAY_STATE_LINE.test(text) && isStatedIn(null, text, text.indexOf('{'), true);
  return text !== null && text.length > LARGE_CHARS
    ? isStatedIn(record, text, text.indexOf('{'), true)
    : holdsPlatformLine(record);
}

/**
 * What the text of a record has in which a member is a platform line: a first word of one, a record as text, or a timeout, which begins with a
 * time as most records do. An escape may hide either.
 */
const MAY_STATE_LINE =
  /"\s*(?:START|END|REPORT|RequestId:|RESTORE_|INIT_|EXTENSION|TELEMETRY|LOGS|LAMBDA_WARNING:|Unknown application|ENI|EC2|Subnet|\{)|\\|Task timed out after /;

/** `record`: the object at the offset, whose members come in its order; null for the order of the text. */
function isStatedIn(record: Json | null, text: string, from: number, isRecord: boolean): boolean {
  const values = lastValues(text, from);
  let members = 0;
  let isFound = false;
  const look = (value: number, own: unknown): boolean => {
    const code = text.charCodeAt(value);
    if (code === QUOTE) isFound = isPlatformLine(stringAt(text, value));
    else if (code === OPEN_BRACE && isRecord) isFound = isStatedIn(isObject(own) ? own : null, text, value, false);
    members += 1;
    return !isFound && members < MOST_MEMBERS;
  };
  if (values === null)
    eachMember(text, from, (name, value) => look(value, isRecord ? record?.[stringAt(text, name)] : null));
  else if (record === null) [...values.values()].every((value) => look(value, null));
  else for (const name in record) if (!look(values.get(name) ?? -1, record[name])) break;
  return isFound;
}

const [QUOTE, OPEN_BRACE] = [0x22, 0x7b];

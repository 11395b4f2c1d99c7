/** Log groups of Lambda Web Functions. */

/**
 * Returns true for `/aws/lambda/web/<name>.local`. Lambda copies the lines of every region into the group without the suffix, in
 * the function's home region, and keeps those of one region in this group as well: reading both would count them twice.
 */
export function isRegionalCopy(logGroup: string): boolean {
  return /^\/aws\/lambda\/web\/[^/]{1,140}\.local$/.test(logGroup);
}

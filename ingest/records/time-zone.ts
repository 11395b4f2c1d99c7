/** Names of time zones (https://www.iana.org/time-zones). */

/** Whether it is a time zone that this Node knows. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

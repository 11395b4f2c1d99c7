/** Lengths of passwords that people choose, in characters (NIST SP 800-63B: length is what counts). Pure. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 128;

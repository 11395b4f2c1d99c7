/** Text as a terminal shows it, without colours. */

const ESCAPE = '\u001b[';
const COLOUR = new RegExp(`${ESCAPE.replace('[', '\\[')}[0-9;]{0,32}m`, 'g');

/** Colours that awslogs, cw and sam print for a terminal. */
export function withoutColours(text: string): string {
  return text.includes(ESCAPE) ? text.replaceAll(COLOUR, '') : text;
}

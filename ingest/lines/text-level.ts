/** Levels that loggers write into lines of plain text. */

/** What is read of a line. */
const HEAD_CHARS = 256;
/** Colours of a terminal. */
export const COLOURS = /\u001b\[[\d;]{0,16}m/g;
/** In capitals, as loggers write them; Serilog's in three letters. Other words of a sentence are none. */
const NAMES: ReadonlySet<string> = new Set([
  ...[
    'TRACE',
    'DEBUG',
    'INFO',
    'NOTICE',
    'WARN',
    'WARNING',
    'ERROR',
    'FATAL',
    'CRITICAL',
    'SEVERE',
    'ALERT',
    'EMERGENCY',
  ],
  ...['VRB', 'DBG', 'INF', 'WRN', 'ERR', 'FTL'],
]);
/** Python's `ERROR:root:text`, `WARN text`, `ERROR | text`. */
const LEADING = /^([A-Z]{3,9})(?=[:\s|\]])/;
/** Ruby: `E, [2026-11-20T10:00:00.123456 #8] ERROR -- : text`. */
const RUBY = /^[DIWEFA], \[[^\]]{1,64}\] {1,3}([A-Z]{3,7}) -- /;
/** glog and klog: `E1120 10:00:00.123456       8 main.go:7] text`. */
const GLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{1,9}\s/;
const GLOG_NAMES: Readonly<Record<string, string>> = { I: 'INFO', W: 'WARN', E: 'ERROR', F: 'FATAL' };
/** logfmt, as Go's slog and logrus write it: `time=… level=ERROR msg="…"`. */
const LOGFMT = /^[\w.]{1,32}=/;
const LOGFMT_LEVEL = /(?:^|\s)(?:level|lvl|severity)=["']?([A-Za-z]{1,16})["']?(?=\s|$)/;
/** java.util.logging: time, class and method, then the level on the next line. */
const JAVA = /^[A-Z][a-z]{2} \d{1,2}, \d{4},? [^\n]{1,200}\n([A-Z]{4,7}): /;
/** Log4j and Logback, Python's logging, Rust's tracing, Go's slog, Monolog, Serilog: the time first, in brackets or not. */
const TIME = /^\[?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?=[\]\s|])/;
/** Parts between the time and the level: request id, thread, logger. */
const MOST_PARTS = 6;

/** The name of a level at the beginning of a line that is no JSON; undefined if there is none. */
export function textLevel(message: string): string | undefined {
  const start = message.slice(0, HEAD_CHARS);
  const head = start.includes('\u001b') ? start.replaceAll(COLOURS, '') : start;
  const time = TIME.exec(head);
  if (time !== null) return amongParts(head.slice(time[0].length));
  const leading = LEADING.exec(head)?.[1];
  if (leading !== undefined && NAMES.has(leading)) return leading;
  if (LOGFMT.test(head)) return LOGFMT_LEVEL.exec(head)?.[1];
  const glog = GLOG.exec(head)?.[1];
  if (glog !== undefined) return GLOG_NAMES[glog];
  return RUBY.exec(head)?.[1] ?? JAVA.exec(head)?.[1];
}

/** `ERROR`, `[ERROR]`, `ERROR:` and Monolog's `app.ERROR:` among the first parts. */
function amongParts(text: string): string | undefined {
  let parts = 0;
  let words = 0;
  for (const part of text.split(/[\s|]/)) {
    if (part === '' || part === ']' || part === '-') continue;
    const name = /^[[(]?(?:[\w-]{1,64}\.)?([A-Z]{3,9})[\]):]{0,3}$/.exec(part)?.[1];
    if (name !== undefined && NAMES.has(name)) return name;
    parts += 1;
    // The name of a logger is one word, and a sentence has more.
    if (/^[A-Za-z']+[,;.]?$/.test(part)) words += 1;
    if (parts === MOST_PARTS || words > 1) return undefined;
  }
  return undefined;
}

/**
 * Runs ClickHouse's engine behind a small HTTP server, so that the real client can connect to it. Arguments: the folder
 * in which chdb is installed, data folder, user, password, port (0: any).
 */
import { closeSync, openSync, writevSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [home, data, user, password, port = '0'] = process.argv.slice(2);
const { Session } = createRequire(join(home, 'x.js'))('chdb');
/** URL parameters that are not settings. */
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'default_format',
  'role',
  'enable_http_compression',
  'wait_end_of_query',
  // Lanes are shared, and a session that is read-only once stays so. Tests see that it was sent.
  'readonly',
]);

/** Longest parameter that a server takes by default (`http_max_field_value_size`), bytes: in the URL or in a form, also the query in a form. */
const LONGEST_FIELD = 131_072;

const TOKEN = 'insert_deduplication_token';

/** Maximum number of concurrent statements; each needs a thread (UV_THREADPOOL_SIZE). */
const AT_ONCE = 8;

const isTooLong = (value) => Buffer.byteLength(value) > LONGEST_FIELD;

const text = (value) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`;

/** Runs one statement at a time, with settings of its own. */
class Lane {
  #session = new Session(data);
  /** Current settings of the session. Consecutive requests share nearly all of them, so only differences are applied. */
  #applied = new Map();
  #database = 'default';
  #rows;

  constructor(at) {
    // Buffered in memory; a real server would stream them from the socket.
    this.#rows = `/dev/shm/thermocline-${process.pid}-${at}.rows`;
  }

  /** `rows`: binary data that follows the statement. */
  async answer(sql, parameters, rows) {
    const wanted = parameters.get('database') ?? 'default';
    if (wanted !== this.#database) await this.#run(`USE ${wanted}`);
    this.#database = wanted;
    // Inlined in the statement, since every statement has other values.
    const token = rows === undefined ? null : parameters.get(TOKEN);
    const given = [...parameters].filter(([key]) => !OWN.has(key) && !(key === TOKEN && token !== null));
    const changed = given.filter(([key, value]) => key.startsWith('param_') || this.#applied.get(key) !== value);
    const removed = [...this.#applied.keys()].filter((key) => !given.some(([other]) => other === key));
    const sets = [
      ...removed.map((key) => `${key} = DEFAULT`),
      ...changed.map(([key, value]) => `${key} = ${text(value)}`),
    ];
    if (sets.length > 0) await this.#run(`SET ${sets.join(', ')}`);
    for (const key of removed) this.#applied.delete(key);
    for (const [key, value] of changed) if (!key.startsWith('param_')) this.#applied.set(key, value);
    if (rows === undefined) return this.#run(sql);
    const file = openSync(this.#rows, 'w');
    writevSync(file, rows);
    closeSync(file);
    const named = token === null ? '' : ` SETTINGS ${TOKEN} = ${text(token)}`;
    return this.#run(sql.replace(/ FORMAT RowBinary$/, ` FROM INFILE '${this.#rows}'${named} FORMAT RowBinary`));
  }

  async #run(sql) {
    return Buffer.from((await this.#session.queryAsync(sql, { format: 'TabSeparated' })).bytes());
  }
}

const free = Array.from({ length: AT_ONCE }, (_, at) => new Lane(at));
const waiting = [];

async function answer(...asked) {
  // Take the most recently used session: its settings fit most requests.
  const lane = free.pop() ?? (await new Promise((resolve) => waiting.push(resolve)));
  try {
    return await lane.answer(...asked);
  } finally {
    const next = waiting.shift();
    if (next === undefined) free.push(lane);
    else next(lane);
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://shim');
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', async () => {
    const refuse = (status, message) => {
      const code = /Code: (\d+)/.exec(message)?.[1] ?? '0';
      response.writeHead(status, { 'x-clickhouse-exception-code': code, 'content-type': 'text/plain' }).end(message);
    };
    if (url.pathname === '/ping') return response.end('Ok.\n');
    const basic = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    // Over TLS the client sends the credentials in separate headers.
    const { 'x-clickhouse-user': name, 'x-clickhouse-key': key } = request.headers;
    if (basic !== `${user}:${password}` && !(name === user && key === password)) {
      return refuse(403, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`);
    }
    const query = url.searchParams.get('query');
    const isPacked = request.headers['content-encoding'] === 'gzip';
    const whole = () => (isPacked ? gunzipSync(Buffer.concat(chunks)) : Buffer.concat(chunks));
    const isBinary = query?.endsWith('FORMAT RowBinary') === true;
    let body = isBinary ? '' : whole().toString('utf8');
    const type = request.headers['content-type'] ?? '';
    if (type.startsWith('multipart/')) {
      // Long parameters arrive as multipart fields.
      const form = await new Response(body, { headers: { 'content-type': type } }).formData();
      body = form.get('query');
      for (const [key, value] of form) if (key !== 'query') url.searchParams.set(key, value);
    }
    if ([...url.searchParams.values(), ...(type.startsWith('multipart/') ? [body] : [])].some(isTooLong)) {
      return refuse(400, 'Poco::Exception. Code: 1000, e.code() = 0, HTML Form Exception: Field value too long');
    }
    try {
      const sql = isBinary ? query : query === null ? body : `${query}\n${body}`;
      const result = await answer(sql, url.searchParams, isBinary ? (isPacked ? [whole()] : chunks) : undefined);
      response.writeHead(200, { 'x-clickhouse-summary': '{}' }).end(result);
    } catch (error) {
      refuse(500, String(error.message).replace(/^Query failed: /, ''));
    }
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
process.on('SIGTERM', () => {
  server.close();
  process.exit(0);
});

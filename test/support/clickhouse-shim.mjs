/**
 * ClickHouse's own engine behind a small HTTP server, so that the genuine client speaks to it over a socket. One query at a
 * time. Arguments: the folder chdb is installed in, the folder of the data, user, password, port (0: any).
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [home, data, user, password, port = '0'] = process.argv.slice(2);
const { Session } = createRequire(join(home, 'x.js'))('chdb');
const session = new Session(data);
/** Parameters of the address that are no settings. */
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'session_id',
  'default_format',
  'role',
  'enable_http_compression',
  'wait_end_of_query',
]);

function run(sql) {
  return session.query(sql, 'TabSeparated');
}

/** What the session is set to now: of two requests in a row nearly all is the same. */
const applied = new Map();
let database = 'default';

function answer(query) {
  const wanted = query.parameters.get('database') ?? 'default';
  if (wanted !== database) run(`USE ${wanted}`);
  database = wanted;
  const text = (value) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`;
  const given = [...query.parameters].filter(([key]) => !OWN.has(key));
  const changed = given.filter(([key, value]) => key.startsWith('param_') || applied.get(key) !== value);
  const gone = [...applied.keys()].filter((key) => !given.some(([other]) => other === key));
  for (const key of gone) {
    run(`SET ${key} = DEFAULT`);
    applied.delete(key);
  }
  if (changed.length > 0) run(`SET ${changed.map(([key, value]) => `${key} = ${text(value)}`).join(', ')}`);
  for (const [key, value] of changed) if (!key.startsWith('param_')) applied.set(key, value);
  return run(query.sql);
}

/** Statements are text: rows that are none come by a file. */
function fromFile(query, bytes) {
  // In memory: a server would read them off its socket.
  const path = `/dev/shm/thermocline-${process.pid}.rows`;
  writeFileSync(path, bytes);
  return query.replace(/ FORMAT RowBinary$/, ` FROM INFILE '${path}' FORMAT RowBinary`);
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
    const given = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString();
    if (given !== `${user}:${password}`) {
      return refuse(403, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`);
    }
    const bytes = Buffer.concat(chunks);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    const query = url.searchParams.get('query');
    const isBinary = query?.endsWith('FORMAT RowBinary') === true;
    let body = isBinary ? '' : plain.toString('utf8');
    const type = request.headers['content-type'] ?? '';
    if (type.startsWith('multipart/')) {
      // Long parameters come beside the query.
      const form = await new Response(body, { headers: { 'content-type': type } }).formData();
      body = form.get('query');
      for (const [key, value] of form) if (key !== 'query') url.searchParams.set(key, value);
    }
    try {
      const sql = isBinary ? fromFile(query, plain) : query === null ? body : `${query}\n${body}`;
      const text = answer({ sql, parameters: url.searchParams });
      response.writeHead(200, { 'x-clickhouse-summary': '{}' }).end(text);
    } catch (error) {
      refuse(500, String(error.message).replace(/^Query failed: /, ''));
    }
  });
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`listening ${server.address().port}\n`));
process.on('SIGTERM', () => {
  server.close();
  session.cleanup?.();
  process.exit(0);
});

/**
 * Serves the built web client: its files, and index.html for every page address. From memory, so that a page and its scripts
 * are of one version while the files on disk are replaced.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context, Hono } from 'hono';
import { etag } from 'hono/etag';
import { matchPage } from './contract/pages.ts';
import { headersOfPages } from './security-headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

export function mountWeb(app: Hono, root: string | null): void {
  if (root === null) return;
  const files = new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const body = new Uint8Array(readFileSync(path));
        const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
        return [
          path.slice(root.length).replaceAll('\\', '/').replace(/^\/?/, '/'),
          { body, tag, type: TYPES[extname(path)] ?? '' },
        ];
      }),
  );
  // Answers 304 where the browser has the file.
  app.get('*', etag(), headersOfPages, (c, next) => {
    const page = matchPage(c.req.path) !== null;
    const file = files.get(page ? '/index.html' : c.req.path);
    if (file === undefined) return asksForPage(c.req.header('accept')) ? notFound(c) : next();
    c.header('ETag', file.tag);
    c.header('Cache-Control', c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    return c.body(file.body, 200, { 'Content-Type': file.type });
  });

  /** The UI says that there is no such page. */
  function notFound(c: Context): Response {
    c.header('Cache-Control', 'no-cache');
    return c.body(files.get('/index.html')?.body ?? '', 404, { 'Content-Type': TYPES['.html'] ?? '' });
  }
}

/** Browsers name HTML when they open an address; scripts and tools accept anything, or JSON. */
function asksForPage(accept = ''): boolean {
  return accept.toLowerCase().includes('text/html');
}

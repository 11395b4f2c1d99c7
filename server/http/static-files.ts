/** Serves the built web client from memory: its files, and index.html for every page address. */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Hono } from 'hono';
import { matchPage } from './contract/pages.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  // Text cannot become markup, even by a library's mistake.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export function mountWeb(app: Hono, root: string | null): void {
  if (root === null) return;
  const files = new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [
          path.slice(root.length).replaceAll('\\', '/').replace(/^\/?/, '/'),
          { body: readFileSync(path), type: TYPES[extname(path)] ?? '' },
        ];
      }),
  );
  app.get('*', async (c, next) => {
    const page = matchPage(c.req.path) !== null;
    const file = files.get(page ? '/index.html' : c.req.path);
    if (file === undefined) return next();
    c.header('Content-Security-Policy', CSP);
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('Cross-Origin-Opener-Policy', 'same-origin');
    c.header('Cross-Origin-Resource-Policy', 'same-origin');
    c.header('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
    c.header('Cache-Control', c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    return c.body(new Uint8Array(file.body), 200, { 'Content-Type': file.type });
  });
}

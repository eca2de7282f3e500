import { protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The window's files come from app://ui/, so that they have an origin of their own and these headers. */
const RENDERER = path.join(__dirname, '..', 'renderer');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'", // xterm.js sets element styles
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Before `ready`: a standard, secure scheme, so that it has an origin and modules load. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

const FILE_NOT_FOUND = -6;

/**
 * After `ready`. Not by `protocol.handle`: its `Response` makes Node load the whole of its fetch, which takes a tenth of the
 * time to the first picture.
 */
export function serveAppScheme(): void {
  protocol.registerBufferProtocol('app', (request, answer) => {
    const file = rendererFile(request.url);
    if (file === undefined) return answer({ error: FILE_NOT_FOUND });
    const mimeType = TYPES[path.extname(file)] ?? 'application/octet-stream';
    readFile(file).then(
      (data) => answer({ data, mimeType, charset: 'utf-8', headers: HEADERS }),
      () => answer({ error: FILE_NOT_FOUND }),
    );
  });
}

/** The file that a URL names, if it lies in the renderer's folder. */
function rendererFile(url: string): string | undefined {
  const { host, pathname } = new URL(url);
  if (host !== 'ui') return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const file = path.join(RENDERER, decoded);
  return file.startsWith(RENDERER + path.sep) && !decoded.includes('\0') ? file : undefined;
}

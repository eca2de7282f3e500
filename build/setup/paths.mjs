// Where everything lies. Nothing outside build/out and node_modules is ever written.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[/\\]$/, '');
export const out = path.join(root, 'build', 'out');
export const stamps = path.join(out, 'stamps');
export const temp = path.join(out, 'tmp');

export const at = (...parts) => path.join(root, ...parts);
export const inOut = (...parts) => path.join(out, ...parts);
export const relative = (file) => path.relative(root, file).split(path.sep).join('/');

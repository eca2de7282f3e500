import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subzeroPaths } from '../../../src/library/paths';
import { prepareSocket, protectSocket, socketPathFor } from '../../../src/library/runtime-socket';

let home = '';
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'subzero-paths-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

describe('paths', () => {
  it('all move with SUBZERO_HOME', () => {
    const paths = subzeroPaths({ SUBZERO_HOME: home, HOME: '/nowhere' }, 'linux');
    const { shortRuntimeFolder: _short, ...rest } = paths;
    for (const place of Object.values(rest)) expect(place.startsWith(home)).toBe(true);
  });

  it('follow the XDG directories', () => {
    mkdirSync(path.join(home, '.config'));
    writeFileSync(path.join(home, '.config/user-dirs.dirs'), '# x\nXDG_DOCUMENTS_DIR="$HOME/Dokumente"\n');
    const paths = subzeroPaths({ HOME: home, XDG_RUNTIME_DIR: '/run/user/7', XDG_CACHE_HOME: 'relative' }, 'linux');
    expect(paths.vmsFolder).toBe(path.join(home, 'Dokumente', 'Subzero VMs'));
    expect(paths.runtimeFolder).toBe('/run/user/7/subzero');
    expect(paths.cacheFolder).toBe(path.join(home, '.cache/subzero'));
    expect(paths.configFolder).toBe(path.join(home, '.config/subzero'));
  });

  it('fall back to Documents, and to a folder of the user in /tmp', () => {
    const paths = subzeroPaths({ HOME: home }, 'linux');
    expect(paths.vmsFolder).toBe(path.join(home, 'Documents', 'Subzero VMs'));
    expect(paths.runtimeFolder).toBe(`/tmp/subzero-${process.getuid?.()}`);
  });
});

it('without a home in the environment the password file has one: never the folder that happens to be current', () => {
  for (const env of [{}, { HOME: '' }, { HOME: 'relative' }]) {
    const paths = subzeroPaths(env, 'linux');
    for (const place of Object.values(paths)) expect(path.isAbsolute(place)).toBe(true);
  }
});

describe('the socket of a VM', () => {
  it('is the same for all who ask and differs between VMs', () => {
    const paths = subzeroPaths({ SUBZERO_HOME: home }, 'linux');
    expect(socketPathFor(paths, '/vms/a', 'linux')).toBe(socketPathFor(paths, '/vms/a', 'linux'));
    expect(socketPathFor(paths, '/vms/a', 'linux')).not.toBe(socketPathFor(paths, '/vms/b', 'linux'));
  });

  it('fits into a socket address however long the home is', () => {
    const paths = subzeroPaths({ SUBZERO_HOME: `/${'x'.repeat(200)}` }, 'linux');
    const socket = socketPathFor(paths, `/${'y'.repeat(300)}`, 'linux');
    expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103);
    expect(path.dirname(socket)).toBe(paths.shortRuntimeFolder);
  });

  it('lies in a private folder and is private itself', async () => {
    const socket = path.join(home, 'run', 'x.sock');
    await prepareSocket(socket);
    expect(statSync(path.dirname(socket)).mode & 0o777).toBe(0o700);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await protectSocket(socket);
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    await new Promise((resolve) => server.close(resolve));
    writeFileSync(socket, '');
    await prepareSocket(socket);
    expect(() => statSync(socket)).toThrow();
  });
});

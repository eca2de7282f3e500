// What Electron and the tests need from the system. As root on Debian it is installed; otherwise the user is told.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { archiveOptions, updateArchive } from './debian.mjs';
import { run } from './exec.mjs';
import { say } from './report.mjs';

const LIBRARIES = {
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
};
const PROGRAMS = { Xvfb: 'xvfb', 'xvfb-run': 'xvfb', xauth: 'xauth', 'qemu-img': 'qemu-utils' };
/** Electron runs without these; only tests want them. */
const FOR_TESTS = new Set(Object.values(PROGRAMS));

export const inPath = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, program)));

/** Debian packages whose library or program is not there; nothing on other systems, where they come with Electron. */
export function missingPackages() {
  if (process.platform !== 'linux') return [];
  const cache = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  const known = cache.status === 0 ? cache.stdout : undefined;
  const missing = new Set();
  for (const [library, pkg] of Object.entries(LIBRARIES)) {
    if (known !== undefined && !known.includes(`${library} `)) missing.add(pkg);
  }
  for (const [program, pkg] of Object.entries(PROGRAMS)) if (!inPath(program)) missing.add(pkg);
  return [...missing];
}

export const missingLibraries = () => missingPackages().filter((pkg) => !FOR_TESTS.has(pkg));

let told = false;
function systemStep(name, wanted) {
  return {
    name,
    title: 'installing system packages',
    isDone() {
      const missing = wanted();
      if (missing.length === 0) return true;
      if (process.getuid?.() === 0 && inPath('apt-get')) return false;
      if (!told) {
        told = true;
        say(`not installed on this system: ${missing.join(', ')}`);
        say(`to install: sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`);
      }
      return true; // nothing that set-up could do; what needs them says so
    },
    async run() {
      const packages = wanted();
      await updateArchive();
      try {
        await run('apt-get', [...archiveOptions(), 'install', '-y', '--no-install-recommends', ...packages], {
          env: { DEBIAN_FRONTEND: 'noninteractive' },
        });
      } catch (error) {
        say(`could not install ${packages.join(', ')}: ${error.message}`);
      }
    },
  };
}

/** To open a window. */
export const librariesStep = systemStep('libraries', missingLibraries);
/** To run the tests as well. */
export const systemStepForTests = systemStep('system', missingPackages);

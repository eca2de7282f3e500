// npm dependencies, exactly those of package-lock.json.
import fs from 'node:fs';
import { run } from './exec.mjs';
import { at, root } from './paths.mjs';

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

/** npm leaves a list of what it installed; comparing it with the lock file needs no stamp of ours and sees `npm install` too. */
function isInstalled() {
  let installed;
  try {
    installed = readJson(at('node_modules', '.package-lock.json')).packages;
  } catch {
    return false; // never installed, or interrupted
  }
  const wanted = readJson(at('package-lock.json')).packages;
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '') return true;
    const have = installed[place];
    if (have) return have.version === entry.version && have.integrity === entry.integrity;
    return entry.optional === true; // for another platform
  });
}

export const npmStep = {
  name: 'npm',
  title: 'installing npm dependencies',
  isDone: isInstalled,
  // Scripts are not needed: every dependency ships its binaries as packages, and Electron has a step of its own.
  run: () =>
    run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      // npm would go on installing for minutes, behind our back; half an installation is replaced by the next.
      endWith: 'SIGKILL',
    }),
};

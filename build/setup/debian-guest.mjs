// The whole Debian of the long tests. Only root can make it; elsewhere its test is skipped and says so.
import fs from 'node:fs';
import path from 'node:path';
import { buildDebian, mirror, NoArchiveError } from '../guests/debian.mjs';
import { updateArchive, archiveOptions } from './debian.mjs';
import { CommandError, run } from './exec.mjs';
import { inOut } from './paths.mjs';
import { say } from './report.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';
import { inPath } from './system.mjs';

const NAME = 'debian-guest';
const key = fingerprint(listFiles(['build/guests/debian.mjs', 'build/guests/debian-programs']));
const place = inOut('guests', 'debian');
/** Why there is none, for the test that is skipped. */
const reasonFile = inOut('guests', 'debian-missing.txt');
const canMake = () => process.platform === 'linux' && process.getuid() === 0 && inPath('apt-get') && inPath('mke2fs');

export const debianGuestStep = {
  name: NAME,
  title: 'making a whole Debian with debootstrap',
  needs: [],
  isDone: () => !canMake() || isFresh(NAME, key, [`${place}/debian.json`]),
  async run() {
    const [target, tree] = [tempPath('debian'), tempPath('debian-tree')];
    fs.rmSync(reasonFile, { force: true });
    try {
      const archive = await mirror();
      if (!inPath('debootstrap')) {
        await updateArchive();
        const install = ['install', '-y', '--no-install-recommends', 'debootstrap'];
        await run('apt-get', [...archiveOptions(), ...install], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
      }
      await buildDebian({ archive, target, tree });
      moveIntoPlace(target, place);
      markFresh(NAME, key);
    } catch (error) {
      // The other guests do not need it.
      if (!(error instanceof CommandError || error instanceof NoArchiveError)) throw error;
      say(`could not make a whole Debian: ${error.message}`);
      fs.mkdirSync(path.dirname(reasonFile), { recursive: true });
      fs.writeFileSync(reasonFile, `${error.message}\n`);
    } finally {
      // An interrupted debootstrap leaves these mounted.
      for (const name of ['proc', 'sys']) await run('umount', [`${tree}/${name}`]).catch(() => undefined);
      // Still mounted, they are this computer's own: then the tree stays.
      if (!fs.existsSync(`${tree}/proc/self`)) fs.rmSync(tree, { recursive: true, force: true });
    }
  },
};

// The guest systems that Debian's osinfo-db knows, converted to JSON; never committed. `copyright` beside it is theirs.
import fs from 'node:fs';
import path from 'node:path';
import { unpackPackages } from './debian.mjs';
import { inOut } from './paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const folder = inOut('systems');
const FILES = ['systems.json', 'copyright'];
const key = fingerprint(listFiles(['build/systems', 'build/setup/systems.mjs']));

export const systemsStep = {
  name: 'systems',
  title: 'getting the list of known systems from Debian',
  needs: ['npm'],
  isDone: () =>
    isFresh(
      'systems',
      key,
      FILES.map((name) => path.join(folder, name)),
    ),
  async run() {
    const { convertSystems } = await import('../systems/osinfo.mjs');
    const tree = tempPath('osinfo');
    const versions = await unpackPackages(['osinfo-db'], tree);
    const documents = xmlFiles(path.join(tree, 'usr/share/osinfo/os')).map((file) => fs.readFileSync(file, 'utf8'));
    const systems = convertSystems(documents);
    if (systems.length < 100) throw new Error(`osinfo-db holds only ${systems.length} systems: its format has changed`);
    const fresh = tempPath('systems');
    fs.mkdirSync(fresh);
    const about = { source: 'osinfo-db', version: versions['osinfo-db'], license: 'GPL-2.0-or-later' };
    fs.writeFileSync(path.join(fresh, 'systems.json'), `${JSON.stringify({ ...about, systems })}\n`);
    fs.copyFileSync(path.join(tree, 'usr/share/doc/osinfo-db/copyright'), path.join(fresh, 'copyright'));
    moveIntoPlace(fresh, folder);
    markFresh('systems', key);
  },
};

function xmlFiles(place) {
  return fs
    .readdirSync(place, { withFileTypes: true })
    .flatMap((entry) => {
      const file = path.join(place, entry.name);
      return entry.isDirectory() ? xmlFiles(file) : entry.name.endsWith('.xml') ? [file] : [];
    })
    .sort();
}

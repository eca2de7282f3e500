// What comes with Subzero and is not its own: names, versions and licences for the About window and for packages.
import fs from 'node:fs';
import { inOut } from '../setup/paths.mjs';

const readJson = (...parts) => JSON.parse(fs.readFileSync(inOut(...parts), 'utf8'));
const versionOf = (versions, start) => Object.entries(versions).find(([name]) => name.startsWith(start))?.[1] ?? '';

/** From what set-up noted beside each part. */
export function components() {
  const { versions } = readJson('guests', 'gallery-linux', 'starter.json');
  const discs = readJson('guests', 'discs.json').versions;
  return [
    { name: 'SeaBIOS', version: readJson('firmware', 'versions.json').version, license: 'LGPL-3.0' },
    { name: 'Linux', version: versionOf(versions, 'linux-image-'), license: 'GPL-2.0' },
    { name: 'BusyBox', version: versionOf(versions, 'busybox'), license: 'GPL-2.0' },
    { name: 'Memtest86+', version: versionOf(discs, 'memtest86+'), license: 'GPL-2.0' },
    { name: 'GRUB', version: versionOf(discs, 'grub-rescue-pc'), license: 'GPL-3.0' },
    { name: 'osinfo-db', version: readJson('systems', 'systems.json').version, license: 'GPL-2.0' },
  ];
}

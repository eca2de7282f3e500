// SeaBIOS and SeaVGABIOS, as Debian built them; never committed. `versions.json` beside them names version and licence.
import fs from 'node:fs';
import path from 'node:path';
import { unpackPackages } from './debian.mjs';
import { inOut } from './paths.mjs';
import { fingerprint, isFresh, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const FILES = ['bios-256k.bin', 'bios.bin', 'vgabios-stdvga.bin'];
const folder = inOut('firmware');
const key = fingerprint([], ['seabios', ...FILES]);

export const firmwareStep = {
  name: 'firmware',
  title: 'getting SeaBIOS from Debian',
  isDone: () =>
    isFresh(
      'firmware',
      key,
      FILES.map((name) => path.join(folder, name)),
    ),
  async run() {
    const unpacked = tempPath('seabios');
    const versions = await unpackPackages(['seabios'], unpacked);
    const fresh = tempPath('firmware');
    fs.mkdirSync(fresh);
    for (const name of FILES) fs.copyFileSync(path.join(unpacked, 'usr/share/seabios', name), path.join(fresh, name));
    fs.copyFileSync(path.join(unpacked, 'usr/share/doc/seabios/copyright'), path.join(fresh, 'copyright'));
    fs.writeFileSync(
      path.join(fresh, 'versions.json'),
      `${JSON.stringify({ name: 'seabios', version: versions.seabios, license: 'LGPL-3.0 and GPL-3.0, see copyright' }, null, 2)}\n`,
    );
    moveIntoPlace(fresh, folder);
    markFresh('firmware', key);
  },
};

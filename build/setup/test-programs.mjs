// iPXE and memtest86+ from Debian packages, in build/out/guests: programs of others that try a machine in their own ways.
import fs from 'node:fs';
import path from 'node:path';
import { unpackPackages } from './debian.mjs';
import { inOut } from './paths.mjs';
import { fingerprint, isFresh, listFiles, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const NAME = 'test-programs';
/** File below build/out/guests: where the package has it. */
const FILES = {
  'ipxe.iso': 'usr/lib/ipxe/ipxe.iso',
  'ipxe.lkrn': 'boot/ipxe.lkrn',
  'memtest.iso': 'usr/lib/memtest86+/memtest86+x64.iso',
  'memtest-x64.bin': 'boot/memtest86+x64.bin',
  'memtest-ia32.bin': 'boot/memtest86+ia32.bin',
};
const key = fingerprint(listFiles(['build/setup/test-programs.mjs']));
const place = (name) => inOut('guests', name);

export const testProgramsStep = {
  name: NAME,
  title: 'getting iPXE and memtest86+',
  needs: [],
  isDone: () => isFresh(NAME, key, Object.keys(FILES).map(place)),
  async run() {
    const tree = tempPath(NAME);
    await unpackPackages(['ipxe', 'memtest86+'], tree);
    fs.mkdirSync(inOut('guests'), { recursive: true });
    for (const [name, from] of Object.entries(FILES)) moveIntoPlace(path.join(tree, from), place(name));
    markFresh(NAME, key);
  },
};

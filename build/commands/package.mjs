// `npm run package`: an unpacked folder and a .deb in build/out/package, with electron-builder and Debian's own tools.
import fs from 'node:fs';
import path from 'node:path';
import { ENTRIES } from '../make/bundle.mjs';
import { gallery } from '../make/gallery.mjs';
import * as make from '../make/make.mjs';
import { electronDist, isOfficialElectron } from '../setup/electron.mjs';
import { passTo } from '../setup/exec.mjs';
import { at, inOut } from '../setup/paths.mjs';
import { say } from '../setup/report.mjs';
import * as setup from '../setup/setup.mjs';

/** Of build/out: what the installed program needs. */
const PARTS = [
  ...Object.keys(ENTRIES),
  ...['renderer', 'core.wasm', 'firmware', 'systems'],
  ...['guests/gallery-linux', 'guests/grub-rescue-cdrom.iso', 'guests/memtest86plus.iso'],
  ...['gallery/linux', 'engine-state.json', 'components.json'],
];
const DEPENDS = ['libgtk-3-0', 'libnss3', 'libasound2', 'libgbm1', 'libxss1 | libxss1t64', 'xdg-utils'];

export async function pack(args) {
  await setup.setUp(setup.FOR_APP);
  await make.make(make.FOR_APP);
  const status = await gallery();
  if (status !== 0) throw new Error('the saved guest of the gallery could not be made');
  const targets = args.length > 0 ? args : ['dir', 'deb'];
  const staged = inOut('package', 'app');
  const version = stage(staged);
  const dist = electronDist();
  const config = {
    appId: 'io.github.subzero.Subzero',
    productName: 'Subzero',
    compression: 'store',
    npmRebuild: false,
    asar: false,
    electronDist: dist,
    electronVersion: fs.readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, ''),
    directories: { app: staged, output: inOut('package'), buildResources: at('build/resources') },
    files: ['**/*', '!**/*.map'],
    afterPack: at('build/package/after-pack.cjs'),
    extraFiles: [{ from: at('LICENSE'), to: 'LICENSE.subzero.txt' }],
    linux: {
      executableName: 'subzero-app',
      icon: at('build/resources/icons'),
      category: 'System',
      maintainer: 'The Subzero authors <subzero@example.org>',
      vendor: 'The Subzero authors',
      synopsis: 'Virtual machines on the desktop',
      mimeTypes: ['application/x-subzero-vm', 'application/x-cd-image', 'application/vnd.efi.iso'],
      desktop: {
        entry: {
          Name: 'Subzero',
          Comment: 'Virtual machines on the desktop',
          'Comment[de]': 'Virtuelle Maschinen auf dem Desktop',
          Icon: 'subzero-app',
          Categories: 'System;Emulator;',
          Keywords: 'virtual;machine;vm;emulator;',
          StartupWMClass: 'Subzero',
        },
      },
    },
    deb: {
      packageName: 'subzero',
      depends: DEPENDS,
      afterInstall: at('build/package/postinst.sh'),
      afterRemove: at('build/package/postrm.sh'),
      fpm: [
        `${at('build/package/usr-bin-subzero.sh')}=/usr/bin/subzero`,
        `${at('build/package/subzero-mime.xml')}=/usr/share/mime/packages/subzero.xml`,
      ],
    },
  };
  const configFile = inOut('package', 'electron-builder.json');
  fs.writeFileSync(configFile, JSON.stringify(config, null, 2));
  say(`packaging Subzero ${version}: ${targets.join(', ')}`);
  const builder = at('node_modules/electron-builder/cli.js');
  const result = await passTo(
    process.execPath,
    [builder, '--linux', ...targets, '--publish', 'never', '--config', configFile],
    { env: { ...tools() } },
  );
  if (result === 0) for (const file of made()) say(`made ${path.relative(at(), file)}`);
  return result;
}

/** Copies what the program needs, and its package.json; returns the version. */
function stage(staged) {
  fs.rmSync(staged, { recursive: true, force: true });
  for (const part of PARTS) fs.cpSync(inOut(part), path.join(staged, part), { recursive: true });
  const { name, productName, description, license, version: base } = JSON.parse(fs.readFileSync(at('package.json')));
  // Only for trying out: users get the official, current Electron.
  const version = isOfficialElectron() ? base : `${base}-test`;
  const own = {
    name,
    productName,
    description,
    license,
    version,
    main: 'electron/main.cjs',
    desktopName: 'subzero.desktop',
  };
  const about = { author: 'The Subzero authors', homepage: 'https://subzero.example.org' };
  fs.writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify({ ...own, ...about }, null, 2)}\n`);
  return version;
}

/** electron-builder's helpers, from the system instead of from the network. */
function tools() {
  const seven = ['/usr/lib/p7zip/7za', '/usr/bin/7za'].find((file) => fs.existsSync(file));
  return {
    CUSTOM_FPM_PATH: at('build/package/fpm-deb.cjs'),
    ...(seven === undefined ? {} : { ELECTRON_BUILDER_7ZIP_PATH: seven }),
  };
}

const made = () =>
  fs
    .readdirSync(inOut('package'))
    .filter((name) => name === 'linux-unpacked' || name.endsWith('.deb'))
    .map((name) => inOut('package', name));

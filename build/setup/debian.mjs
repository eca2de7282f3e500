// Files from Debian packages, without root and without touching the system: apt with its lists and caches in build/out,
// then dpkg-deb. Signatures are checked by apt as always.
import fs from 'node:fs';
import path from 'node:path';
import { run } from './exec.mjs';
import { inOut } from './paths.mjs';
import { tempPath } from './stamp.mjs';

/** `foreign` adds an architecture, for these lists alone. */
export function archiveOptions(foreign) {
  const state = inOut('apt', foreign ?? 'native');
  return [
    `-oDir::State::lists=${state}/lists`,
    `-oDir::Cache=${state}/cache`,
    '-oAPT::Sandbox::User=',
    '-oAcquire::Languages=none',
    '-oAcquire::Retries=2',
    ...(foreign ? [`-oAPT::Architectures::=${foreign}`] : []),
  ];
}

const updated = new Map();

/** Fetches the package lists, once per command. A repository that does not answer is no reason to stop: others may do. */
export function updateArchive(foreign) {
  const key = foreign ?? 'native';
  if (!updated.has(key)) updated.set(key, update(foreign));
  return updated.get(key);
}

async function update(foreign) {
  const state = inOut('apt', foreign ?? 'native');
  for (const folder of ['lists/partial', 'cache/archives/partial']) {
    fs.mkdirSync(path.join(state, folder), { recursive: true });
  }
  try {
    await run('apt-get', [...archiveOptions(foreign), 'update'], { timeout: 300_000 });
  } catch (error) {
    if (error.message.includes('ENOENT')) {
      throw new Error('apt-get is not there: firmware and test guests are taken from Debian 12 packages', {
        cause: error,
      });
    }
  }
}

/** The packages that a metapackage such as linux-image-amd64 depends on. */
export async function dependenciesOf(name, foreign) {
  await updateArchive(foreign);
  const listing = await run('apt-cache', [...archiveOptions(foreign), 'depends', '--important', name]);
  return [...listing.matchAll(/^\s*\|?Depends: (?!<)(\S+)/gm)].map((match) => match[1]);
}

/**
 * Unpacks packages into `folder`; `members` limits what is taken from them (tar patterns such as `./boot/*`). Resolves
 * with their versions by name.
 */
export async function unpackPackages(names, folder, { foreign, members } = {}) {
  await updateArchive(foreign);
  const downloads = tempPath('debs');
  fs.mkdirSync(downloads, { recursive: true });
  fs.mkdirSync(folder, { recursive: true });
  await run('apt-get', [...archiveOptions(foreign), 'download', ...names], { cwd: downloads, timeout: 600_000 });
  const versions = {};
  for (const deb of fs.readdirSync(downloads).sort()) {
    const file = path.join(downloads, deb);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-deb's own placeholders
    const [name, version] = (await run('dpkg-deb', ['--show', '--showformat=${Package} ${Version}', file])).split(' ');
    versions[name] = version;
    if (members) {
      const tar = tempPath('fsys.tar');
      await run('sh', ['-c', 'dpkg-deb --fsys-tarfile "$1" > "$2"', 'sh', file, tar]);
      await run('tar', ['-x', '-f', tar, '-C', folder, '--no-same-owner', '--wildcards', ...members]);
      fs.rmSync(tar);
    } else {
      await run('dpkg-deb', ['-x', file, folder]);
    }
  }
  fs.rmSync(downloads, { recursive: true });
  return versions;
}

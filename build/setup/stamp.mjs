// What has been made, and from what. A stamp holds a hash of everything that went in; while it and the results are
// there, nothing is done again.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { relative, root, stamps, temp } from './paths.mjs';

/** Every file below the given files and folders (relative to the clone) that `accept` takes, sorted. */
export function listFiles(places, accept = () => true) {
  const found = [];
  const visit = (file) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) {
      for (const name of fs.readdirSync(file)) {
        if (name !== 'node_modules' && name !== 'out') visit(path.join(file, name));
      }
    } else if (accept(relative(file))) found.push(file);
  };
  for (const place of places) visit(path.resolve(root, place));
  return found.sort();
}

/** A hash of names and contents; `extra` are further strings that matter. */
export function fingerprint(files, extra = []) {
  const hash = createHash('sha256');
  for (const text of extra) hash.update(`${text}\0`);
  for (const file of files) {
    hash.update(`${relative(file)}\0`);
    hash.update(createHash('sha256').update(fs.readFileSync(file)).digest());
  }
  return hash.digest('hex');
}

export function isFresh(name, key, results) {
  try {
    const stamp = JSON.parse(fs.readFileSync(path.join(stamps, `${name}.json`), 'utf8'));
    return stamp.key === key && results.every((file) => fs.existsSync(file));
  } catch {
    return false; // no stamp, or an unreadable one: do it again
  }
}

export function markFresh(name, key) {
  writeAtomic(path.join(stamps, `${name}.json`), `${JSON.stringify({ key })}\n`);
}

let counter = 0;
export function tempPath(hint) {
  fs.mkdirSync(temp, { recursive: true });
  return path.join(temp, `${process.pid}-${counter++}-${hint}`);
}

/** The file is the old or the new one, never a part. */
export function writeAtomic(file, contents) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const fresh = tempPath(path.basename(file));
  fs.writeFileSync(fresh, contents);
  fs.renameSync(fresh, file);
}

/** Puts a finished folder or file in its place. */
export function moveIntoPlace(fresh, place) {
  fs.mkdirSync(path.dirname(place), { recursive: true });
  const old = tempPath(`old-${path.basename(place)}`);
  if (fs.existsSync(place)) fs.renameSync(place, old);
  fs.renameSync(fresh, place);
  fs.rmSync(old, { recursive: true, force: true });
}

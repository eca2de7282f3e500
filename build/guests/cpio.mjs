// A cpio archive in the "newc" format that Linux unpacks as its first file system (Documentation/driver-api/early-userspace/
// buffer-format.rst). Written here because device nodes then need no root, and the bytes depend on nothing but the input.

const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;
const S_IFCHR = 0o020000;

export class CpioArchive {
  #entries = new Map();

  file(name, contents, mode = 0o644) {
    this.#add(name, { mode: S_IFREG | mode, data: Buffer.from(contents) });
  }

  executable(name, contents) {
    this.file(name, contents, 0o755);
  }

  link(name, target) {
    this.#add(name, { mode: S_IFLNK | 0o777, data: Buffer.from(target) });
  }

  directory(name, mode = 0o755) {
    this.#add(name, { mode: S_IFDIR | mode, data: Buffer.alloc(0) });
  }

  characterDevice(name, major, minor, mode = 0o600) {
    this.#add(name, { mode: S_IFCHR | mode, data: Buffer.alloc(0), major, minor });
  }

  #add(name, entry) {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    if (parent && !this.#entries.has(parent)) this.directory(parent);
    this.#entries.set(name, entry);
  }

  /** Sorted, owned by root, dated 1970: the same input gives the same bytes. A folder sorts before what is in it. */
  toBuffer() {
    const parts = [];
    let inode = 1;
    for (const name of [...this.#entries.keys()].sort()) parts.push(entryBytes(name, this.#entries.get(name), inode++));
    parts.push(entryBytes('TRAILER!!!', { mode: 0, data: Buffer.alloc(0) }, 0));
    return Buffer.concat(parts);
  }
}

function entryBytes(name, { mode, data, major = 0, minor = 0 }, inode) {
  const nameBytes = Buffer.from(`${name}\0`);
  const isDirectory = (mode & S_IFDIR) === S_IFDIR && (mode & S_IFREG) !== S_IFREG;
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, isDirectory ? 2 : 1, 0, data.length, 0, 0, major, minor, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, nameBytes])), padded(data)]);
}

const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** The contents of one file of a "newc" archive. */
export function readFromCpio(archive, name) {
  const field = (at, index) => Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
  const pad = (length) => (length + 3) & ~3;
  for (let at = 0; archive.toString('latin1', at, at + 6) === '070701'; ) {
    const [size, nameLength] = [field(at, 6), field(at, 11)];
    const data = at + pad(110 + nameLength);
    const found = archive.toString('latin1', at + 110, at + 110 + nameLength - 1);
    if (found === name) return archive.subarray(data, data + size);
    at = data + pad(size);
  }
  throw new Error(`the archive has no ${name}`);
}

// Chooses kernel modules with everything they depend on, and writes the two indexes that modprobe reads. Debian's package
// brings none: depmod makes them at installation.
import fs from 'node:fs';
import path from 'node:path';

const moduleName = (file) => path.basename(file, '.ko').replaceAll('-', '_');

/** Strings of the .modinfo section, by key (include/linux/moduleinfo.h: NUL-separated `key=value`). */
function moduleInfo(bytes) {
  const info = { depends: [], alias: [], softdep: [] };
  const section = bytes.readUInt8(4) === 2 ? sections64(bytes) : sections32(bytes);
  for (const text of section.toString('latin1').split('\0')) {
    const [, key, value] = /^(depends|alias|softdep)=(.*)$/.exec(text) ?? [];
    if (key === 'depends') info.depends.push(...value.split(',').filter(Boolean));
    else if (key) info[key].push(value);
  }
  return info;
}

// ELF section header tables (System V ABI, chapter 4), class 64 and 32, little endian.
const sections64 = (elf) =>
  findSection(elf, {
    table: Number(elf.readBigUInt64LE(0x28)),
    size: elf.readUInt16LE(0x3a),
    count: elf.readUInt16LE(0x3c),
    names: elf.readUInt16LE(0x3e),
    offset: (header) => Number(elf.readBigUInt64LE(header + 0x18)),
    length: (header) => Number(elf.readBigUInt64LE(header + 0x20)),
  });
const sections32 = (elf) =>
  findSection(elf, {
    table: elf.readUInt32LE(0x20),
    size: elf.readUInt16LE(0x2e),
    count: elf.readUInt16LE(0x30),
    names: elf.readUInt16LE(0x32),
    offset: (header) => elf.readUInt32LE(header + 0x10),
    length: (header) => elf.readUInt32LE(header + 0x14),
  });

function findSection(elf, { table, size, count, names, offset, length }) {
  const strings = offset(table + names * size);
  for (let i = 0; i < count; i++) {
    const header = table + i * size;
    const start = strings + elf.readUInt32LE(header);
    if (elf.subarray(start, elf.indexOf(0, start)).toString('latin1') === '.modinfo') {
      return elf.subarray(offset(header), offset(header) + length(header));
    }
  }
  return Buffer.alloc(0);
}

/**
 * `tree` holds `lib/modules/VERSION`. Resolves the wanted names (those the kernel does not have built in) and their
 * dependencies to files, and writes them with modules.dep and modules.alias into the archive.
 */
export function addModules(archive, tree, wanted) {
  const [version] = fs.readdirSync(path.join(tree, 'lib/modules'));
  const base = path.join(tree, 'lib/modules', version);
  const files = new Map();
  for (const entry of fs.readdirSync(path.join(base, 'kernel'), { recursive: true })) {
    if (entry.endsWith('.ko')) files.set(moduleName(entry), `kernel/${entry}`);
  }
  const builtIn = new Set(fs.readFileSync(path.join(base, 'modules.builtin'), 'utf8').split('\n').map(moduleName));

  const chosen = new Map();
  const choose = (name) => {
    const key = name.replaceAll('-', '_');
    if (chosen.has(key) || builtIn.has(key)) return;
    const file = files.get(key);
    if (!file) throw new Error(`the kernel ${version} has no module ${name}`);
    const bytes = fs.readFileSync(path.join(base, file));
    const info = moduleInfo(bytes);
    chosen.set(key, { file, bytes, info });
    for (const dependency of info.depends) choose(dependency);
    for (const soft of info.softdep) {
      for (const name of soft.replace(/\b(pre|post):/g, ' ').split(/\s+/))
        if (files.has(name.replaceAll('-', '_'))) choose(name);
    }
  };
  for (const name of wanted) choose(name);

  // modprobe loads a line of modules.dep from its right end: what needs nothing stands last.
  const closure = (key) => {
    const ordered = [];
    const visit = (name) => {
      for (const dependency of chosen.get(name).info.depends.map((text) => text.replaceAll('-', '_'))) {
        if (!chosen.has(dependency) || ordered.includes(dependency)) continue;
        visit(dependency);
        ordered.push(dependency);
      }
    };
    visit(key);
    return ordered.reverse();
  };
  const dep = [];
  const alias = [];
  const softdep = [];
  for (const [key, { file, bytes, info }] of [...chosen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    archive.file(`lib/modules/${version}/${file}`, bytes);
    dep.push(
      `${file}: ${closure(key)
        .map((name) => chosen.get(name).file)
        .join(' ')}`.trimEnd(),
    );
    for (const pattern of info.alias) alias.push(`alias ${pattern} ${key}`);
    for (const soft of info.softdep) softdep.push(`softdep ${key} ${soft}`);
  }
  archive.file(`lib/modules/${version}/modules.dep`, `${dep.join('\n')}\n`);
  archive.file(`lib/modules/${version}/modules.alias`, `${alias.join('\n')}\n`);
  archive.file(`lib/modules/${version}/modules.softdep`, `${softdep.join('\n')}\n`);
  return version;
}

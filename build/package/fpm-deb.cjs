#!/usr/bin/env node
// What electron-builder asks of fpm for a .deb, done with Debian's own dpkg-deb: fpm itself would have to be downloaded.
// Understands the options that electron-builder 26 gives, and refuses others rather than leaving something out.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FLAGS = new Set(['--force', '--debug']);
const REPEATED = { '-d': 'Depends', '--depends': 'Depends', '--deb-recommends': 'Recommends' };
const FIELDS = {
  '--name': 'Package',
  '--version': 'Version',
  '--license': 'License',
  '--vendor': 'Vendor',
  '--architecture': 'Architecture',
  '--maintainer': 'Maintainer',
  '--category': 'Section',
  '--deb-priority': 'Priority',
  '--url': 'Homepage',
  '--description': 'Description',
};
const OTHERS = new Set([
  '-s',
  '-t',
  '--package',
  '--after-install',
  '--after-remove',
  '--deb-compression',
  '--iteration',
]);
const ARCHITECTURES = { x64: 'amd64', x86_64: 'amd64', arm64: 'arm64', aarch64: 'arm64' };

function parse(args) {
  const options = {};
  const lists = { Depends: [], Recommends: [] };
  const files = [];
  for (let i = 0; i < args.length; i++) {
    const [, key, inline] = /^(--?[a-z-]+)(?:=(.*))?$/s.exec(args[i]) ?? [];
    if (key === undefined) {
      const at = args[i].lastIndexOf('=');
      files.push([args[i].slice(0, at), args[i].slice(at + 1)]);
    } else if (!FLAGS.has(key)) {
      const value = inline ?? args[++i];
      if (key in REPEATED) lists[REPEATED[key]].push(value);
      else if (key in FIELDS || OTHERS.has(key)) options[key] = value;
      else throw new Error(`fpm-deb does not know ${key}`);
    }
  }
  if (options['-t'] !== 'deb') throw new Error('fpm-deb makes .deb packages only');
  return { options, lists, files };
}

/** Continuation lines begin with a space; an empty one is a dot (Debian policy, 5.6.13). */
const description = (text) =>
  text
    .split('\n')
    .map((line, index) => (index === 0 ? line.trim() : ` ${line.trim() || '.'}`))
    .join('\n');

function build({ options, lists, files }) {
  const tree = fs.mkdtempSync(path.join(os.tmpdir(), 'subzero-deb-'));
  const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    for (const [from, to] of files) {
      const target = path.join(tree, to);
      fs.mkdirSync(from.endsWith('/') ? target : path.dirname(target), { recursive: true });
      if (from.endsWith('/')) run('cp', '-a', '--no-preserve=ownership', `${from}.`, target);
      else {
        fs.copyFileSync(from, target);
        fs.chmodSync(target, to.startsWith('/usr/bin/') ? 0o755 : 0o644);
      }
    }
    run('chmod', '-R', 'go-w,a+rX', tree);
    const size = execFileSync('du', ['-sk', tree]).toString().split('\t')[0];
    const control = { 'Installed-Size': size };
    for (const [key, field] of Object.entries(FIELDS)) if (options[key]) control[field] = options[key];
    for (const [field, values] of Object.entries(lists)) if (values.length > 0) control[field] = values.join(', ');
    control.Architecture = ARCHITECTURES[control.Architecture] ?? control.Architecture;
    control.Description = description(control.Description ?? control.Package);
    const folder = path.join(tree, 'DEBIAN');
    fs.mkdirSync(folder);
    const text = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
    fs.writeFileSync(path.join(folder, 'control'), text.join(''));
    for (const [key, name] of [
      ['--after-install', 'postinst'],
      ['--after-remove', 'postrm'],
    ]) {
      if (!options[key]) continue;
      fs.copyFileSync(options[key], path.join(folder, name));
      fs.chmodSync(path.join(folder, name), 0o755);
    }
    const kind = { xz: 'xz', zst: 'zstd', none: 'none' }[options['--deb-compression']] ?? 'gzip';
    run(
      'dpkg-deb',
      '--root-owner-group',
      `-Z${kind}`,
      ...(kind === 'none' ? [] : ['-z1']),
      '-b',
      tree,
      options['--package'],
    );
  } finally {
    fs.rmSync(tree, { recursive: true, force: true });
  }
}

build(parse(process.argv.slice(2)));

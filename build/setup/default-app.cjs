// Stands in for Electron's own default app in the registry-hosted Electron:
// `electron [-r MODULE]… [--flags] FOLDER` starts the app in FOLDER, as the official one does.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { app } = require('electron');

let folder;
const preloads = [];
for (let i = 1; i < process.argv.length && folder === undefined; i++) {
  const argument = process.argv[i];
  if (argument === '-v' || argument === '--version') {
    console.log(`v${process.versions.electron}`);
    process.exit(0);
  } else if (argument === '-r' || argument === '--require') {
    i++;
    preloads.push(path.resolve(process.argv[i]));
  } else if (!argument.startsWith('-')) {
    folder = path.resolve(argument);
  }
}
if (folder === undefined) {
  console.error('usage: electron [-r MODULE] FOLDER');
  process.exit(2);
}

// What follows is what Electron does for a packaged app.
const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
app.setVersion(manifest.version ?? '0.0.0');
app.setName(manifest.productName ?? manifest.name);
if (!app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', path.join(app.getPath('appData'), app.getName()));
}
app.setDesktopName(`${manifest.name}.desktop`);
app.setAppPath(folder);
if (preloads.length > 0) Module._preloadModules(preloads);
try {
  Module._load(path.resolve(folder, manifest.main ?? 'index.js'), Module, true);
} catch (error) {
  console.error(error); // Electron would show a dialog and wait for a click
  process.exit(1);
}

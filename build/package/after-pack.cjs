// Puts the scripts that start Subzero into the unpacked folder: the window's under the name that the menu entry calls, with
// Electron itself beside it, and the command line's.
const fs = require('node:fs');
const path = require('node:path');

exports.default = async ({ appOutDir }) => {
  const within = (name) => path.join(appOutDir, name);
  fs.renameSync(within('subzero-app'), within('subzero-electron'));
  for (const name of ['subzero-app', 'subzero']) {
    fs.copyFileSync(path.join(__dirname, `${name}.sh`), within(name));
    fs.chmodSync(within(name), 0o755);
  }
};

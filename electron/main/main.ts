import { app, powerMonitor } from 'electron';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeHostFiles } from '../../src/base/node-host-files';
import { Library } from '../../src/library/library';
import { preferredPaths } from '../../src/library/preferences-file';
import { Application } from './application';
import { applyPreferences } from './ipc/preferences-calls';
import { registerAppScheme, serveAppScheme } from './app-scheme';

// Chromium's notes about missing desktop services help nobody.
app.commandLine.appendSwitch('log-level', '3');
// V8's compilers take and give back megabytes for each function. Without it Chromium's allocator returns most of that to the
// system at once, and each return stops the VM's other threads.
app.commandLine.appendSwitch('enable-features', 'PartitionAllocLargeEmptySlotSpanRing');

registerAppScheme();

const paths = preferredPaths();
// One app per home: another home (tests) is another app.
if (process.env['SUBZERO_HOME'] !== undefined && !app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', path.join(paths.configFolder, 'electron'));
}

if (!app.requestSingleInstanceLock()) {
  app.quit();
} else {
  const library = new Library(new NodeHostFiles(), paths);
  const application = new Application(library);
  void app.whenReady().then(async () => {
    applyPreferences(library.preferences);
    serveAppScheme();
    // Not earlier: Chromium puts its own handler in place before `ready`.
    process.on('SIGTERM', () => application.endWithoutUser());
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      event?.preventDefault();
      application.endWithoutUser();
    });
    await application.begin();
    await application.openFiles(filesOf(process.argv, process.cwd()));
  });
  app.on('second-instance', (_event, argv, folder) => {
    void application.showWindow().then(() => application.openFiles(filesOf(argv, folder)));
  });
  app.on('activate', () => void application.showWindow());
  app.on('window-all-closed', () => application.windowsClosed());
  app.on('before-quit', (event) => {
    if (!application.mayQuit()) event.preventDefault();
  });
}

/** Files on a command line, as paths or as file managers give them; in a clone the first argument that is no option is the app itself. */
function filesOf(argv: readonly string[], folder: string): string[] {
  const plain = argv.slice(1).filter((argument) => !argument.startsWith('-'));
  return (app.isPackaged ? plain : plain.slice(1)).map((file) =>
    file.startsWith('file://') ? fileURLToPath(file) : path.resolve(folder, file),
  );
}

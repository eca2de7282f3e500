import { app } from 'electron';
import { registerAppScheme, serveAppScheme } from './app-scheme';
import { openMainWindow } from './main-window';

// Chromium's notes about missing desktop services help nobody.
app.commandLine.appendSwitch('log-level', '3');

registerAppScheme();

void app.whenReady().then(async () => {
  serveAppScheme();
  await openMainWindow();
});

app.on('window-all-closed', () => app.quit());

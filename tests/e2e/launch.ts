import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** SUBZERO_HOME of this app: its VMs and settings, gone after `close` unless it was given. */
  readonly home: string;
  close(): Promise<void>;
}

/** Starts the built app with a home of its own. `home` shares one with an earlier start. */
export async function launchApp(options: { home?: string; env?: Record<string, string> } = {}): Promise<RunningApp> {
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), 'subzero-e2e-'));
  const isRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    args: [`--user-data-dir=${path.join(home, 'electron')}`, ROOT],
    chromiumSandbox: !isRoot,
    env: { ...(process.env as Record<string, string>), SUBZERO_HOME: home, ...options.env },
  });
  const page = await app.firstWindow();
  return {
    app,
    page,
    home,
    async close() {
      await app.close();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Pictures of each step are kept; a person looks at them. */
export function screenshotPath(name: string): string {
  return path.join(ROOT, 'build', 'out', 'test-results', 'screenshots', `${name}.png`);
}

import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUT = path.join(ROOT, 'build', 'out');
const CLOSE_MS = 15_000;

export interface RunningApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** SUBZERO_HOME of this app: its VMs and settings, gone after `close` unless it was given. */
  readonly home: string;
  /** Ends the app; VMs that still run are powered off. */
  close(): Promise<void>;
}

/** Starts the built app with a home of its own. `home` shares one with an earlier start. */
export async function launchApp(
  options: { home?: string; env?: Record<string, string>; args?: readonly string[] } = {},
): Promise<RunningApp> {
  const home = options.home ?? newHome();
  const isRoot = process.getuid?.() === 0;
  const app = await _electron.launch({
    args: [`--user-data-dir=${path.join(home, 'electron')}`, ...(options.args ?? []), ROOT],
    chromiumSandbox: !isRoot,
    env: { ...(process.env as Record<string, string>), SUBZERO_HOME: home, ...options.env },
  });
  const child = app.process();
  const page = await app.firstWindow();
  return {
    app,
    page,
    home,
    async close() {
      const killer = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      const question = page.getByRole('alertdialog', { name: 'Virtual machines are running' });
      // The question only comes when VMs run.
      const answered = question.getByRole('button', { name: 'Power Off' }).click({ timeout: CLOSE_MS });
      answered.catch(() => undefined);
      await app.close().catch(() => undefined);
      clearTimeout(killer);
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

export function newHome(): string {
  return mkdtempSync(path.join(tmpdir(), 'subzero-e2e-'));
}

/** The next file dialogs of the app answer with this file or folder. */
export async function answerFileDialogs(app: ElectronApplication, file: string): Promise<void> {
  await app.evaluate(({ dialog }, picked) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [picked] });
  }, file);
}

/** A file that set-up made. */
export function builtFile(...parts: string[]): string {
  return path.join(OUT, ...parts);
}

/** Runs the command line on the app's home. Rejects when it fails. */
export async function runCli(home: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, SUBZERO_HOME: home };
  const { stdout } = await promisify(execFile)(process.execPath, [builtFile('cli.cjs'), ...args], { env });
  return stdout;
}

/** Pictures of each step are kept; a person looks at them. */
export function screenshotPath(name: string): string {
  return path.join(OUT, 'e2e', `${name}.png`);
}

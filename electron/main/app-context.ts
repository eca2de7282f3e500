import type { BrowserWindow } from 'electron';
import type { HostFiles } from '../../src/base/host-files';
import type { Library } from '../../src/library/library';
import type { Medium } from '../../src/library/media';
import type { SupportFile } from '../../src/library/support-data';
import type { TrashedVm } from '../../src/library/trash';
import type { TableSystem } from '../../src/library/systems/system-table';
import type { AppCalls, AppEvents } from '../../src/protocol/app';
import type { Endpoint } from '../../src/protocol/rpc';
import type { FileTokens } from './file-tokens';
import type { GuestSupervisor } from './guest-supervisor';
import type { VmDirectory } from './vm-directory';
import type { WindowTransport } from './rpc';

export type WindowEndpoint = Endpoint<Record<never, never>, Record<never, never>, AppCalls, AppEvents>;

/** What the handlers of the window's calls work with. */
export interface AppContext {
  readonly files: HostFiles;
  readonly library: Library;
  readonly supervisor: GuestSupervisor;
  readonly directory: VmDirectory;
  readonly pickedFiles: FileTokens<{ readonly path: string; readonly medium: Medium }>;
  /** Images chosen before, by path. */
  readonly recentFiles: FileTokens<string>;
  readonly pickedFolders: FileTokens<string>;
  /** What was moved to the trash together. */
  readonly trashed: FileTokens<readonly TrashedVm[]>;
  readonly supportData: FileTokens<{ readonly vmName: string; readonly files: readonly SupportFile[] }>;
  /** The systems that osinfo-db knows; read when first asked for. */
  systems(): Promise<readonly TableSystem[]>;
}

/** One window and its links. */
export interface AppWindow {
  readonly window: BrowserWindow;
  readonly transport: WindowTransport;
}

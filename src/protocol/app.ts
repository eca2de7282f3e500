import type { WireError } from '../base/errors';
import { type CpuModelChoice, cpuModels, cpuVendors, type EngineReason, maxCpus } from '../config/cpu';
import {
  appearances,
  closeActions,
  hostKeySets,
  MAX_MEMORY_LIMIT_MIB,
  MIN_MEMORY_LIMIT_MIB,
  type Preferences,
} from '../config/preferences';
import type { SystemVerdict } from '../config/system-verdict';
import { type DriveBus, driveBuses } from '../config/drive-bus';
import { type DisplayScale, displayScales } from '../config/display';
import { bytes, integer, list, nothing, object, oneOf, optional, text } from './checks';
import type { SnapshotTree, VmEnd, VmStats, VmStatus } from './guest';
import type { Checks } from './rpc';
import { type KeyboardLayoutId, keyboardLayoutIds, MAX_TYPED_LENGTH } from './keyboard-layouts';
import type { SpecialKey } from './special-keys';

/**
 * The link between the window and the main process. The window never names a file: VMs go by ids and picked files by
 * tokens, both made by main.
 */

/** All that a terminal keeps. */
const MAX_COPIED_LENGTH = 4 << 20;

/** Names a VM of the library; main knows its folder. */
export type VmId = string;
/** Names a file or folder that the user picked in a dialog of main's. */
export type FileToken = string;

export interface VmItem {
  readonly id: VmId;
  readonly name: string;
  readonly kind: 'ok' | 'broken' | 'missing';
  readonly status: VmStatus;
  /** Which process runs it: one of this app's, another one's, or none. */
  readonly runs: 'here' | 'elsewhere' | 'nowhere';
  /** Why it cannot be used, when broken. */
  readonly problems: readonly string[];
  readonly osIcon: string;
  readonly osName: string;
  /** Shown only. */
  readonly folder: string;
  /** The library's folder that it is in; null: at the top. */
  readonly parent: FolderId | null;
  readonly isFavourite: boolean;
  /** When it was last started, in ms since 1970; 0: never. */
  readonly usedMs: number;
}

/** Names a folder of the library: it arranges VMs and is no folder of this computer. */
export type FolderId = string;

/** Siblings come in their order. */
export interface LibraryFolder {
  readonly id: FolderId;
  readonly name: string;
  readonly parent: FolderId | null;
}

export interface Thumbnail {
  /** Given back to be told of changes only. */
  readonly stamp: number;
  readonly png: Uint8Array;
}

export interface SupportData {
  /** For 'support.save'. */
  readonly token: FileToken;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

export interface DeviceLine {
  readonly id: string;
  readonly kind: 'memory' | 'cpu' | 'disk' | 'cdrom' | 'floppy' | 'serial' | 'parallel' | 'display' | 'kernel';
  /** Shown only: a size, a file's name. */
  readonly value: string;
  readonly hasMedium: boolean;
}

/** What can be changed of a VM: with what waits for its next power-on. */
export interface VmSettings {
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly model: CpuModelChoice;
  readonly vendor: CpuVendor;
  readonly vramMiB: number;
  readonly bootOrder: readonly BootDevice[];
  readonly serial: readonly SerialPort[];
  /** The file that its printer writes, shown only; null where there is no parallel port. */
  readonly parallel: string | null;
  readonly options: VmOptions;
  /** Of its disks and CD/DVD drives; 'mixed': not the same of all. */
  readonly driveBus: DriveBus | 'mixed';
  readonly disks: readonly DiskSettings[];
  readonly drives: readonly { readonly id: string; readonly kind: 'cdrom' | 'floppy' }[];
  /** Something waits for the next power-on. */
  readonly isQueued: boolean;
}

export type CpuVendor = 'GenuineIntel' | 'AuthenticAMD';

export interface DiskSettings {
  readonly id: string;
  /** Shown only. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lies in the VM's folder, so that it can be made larger. */
  readonly isOwn: boolean;
}

export interface SerialPort {
  readonly kind: 'terminal' | 'file' | 'socket' | 'none';
  /** Shown only; '' where there is none. */
  readonly file: string;
}

export interface VmOptions {
  readonly autoStart: boolean;
  readonly onHostClose: 'ask' | 'background' | 'suspend' | 'powerOff';
  readonly onPowerOff: 'powerOff' | 'revert' | 'snapshot' | 'ask';
  readonly onGuestReset: 'reset' | 'powerOff';
}

export interface VmDetails {
  readonly id: VmId;
  readonly description: string;
  readonly settings: VmSettings;
  readonly bootOrder: readonly BootDevice[];
  readonly bootsKernel: boolean;
  readonly scale: DisplayScale;
  readonly devices: readonly DeviceLine[];
  /** What the VM's folder takes on this computer. */
  readonly usedBytes: number;
  readonly engine: string;
  readonly engineReason: EngineReason;
  readonly serialPorts: readonly number[];
}

export type BootDevice = 'disk' | 'cdrom' | 'floppy';

export interface PickedFile {
  readonly token: FileToken;
  readonly fileName: string;
  readonly kind: 'cdrom' | 'disk' | 'floppy';
  /** What it can be used as: a small raw image may be a floppy or a disk. */
  readonly uses: readonly ('cdrom' | 'disk' | 'floppy')[];
  readonly sizeBytes: number;
  readonly system: SystemChoice;
}

/** A guest system, the hardware that fits it, and whether it runs here. */
export interface SystemChoice {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly memoryMiB: number;
  /** 0: it needs no disk. */
  readonly diskGiB: number;
  readonly rtc: 'utc' | 'local';
  readonly verdict: SystemVerdict;
}

export interface PickedFolder {
  readonly token: FileToken;
  readonly shown: string;
}

export interface WizardInfo {
  readonly defaultFolder: string;
  readonly hostMemoryMiB: number;
  readonly hasStarter: boolean;
}

export type WizardSource =
  | {
      readonly kind: 'file';
      readonly token: FileToken;
      readonly use: 'cdrom' | 'disk' | 'floppy';
      readonly copy: boolean;
    }
  | { readonly kind: 'starter' }
  | { readonly kind: 'none' };

/** What the custom path of the wizard asks beside memory and disk. */
export interface NewHardware {
  readonly cpus: number;
  readonly vendor: CpuVendor;
  readonly rtc: 'utc' | 'local';
  readonly vramMiB: number;
  readonly serialPorts: number;
  readonly bootOrder: readonly BootDevice[];
}

export interface NewVmRequest {
  readonly name: string;
  readonly source: WizardSource;
  /** A system chosen by hand; null: the recognised one. */
  readonly systemId: string | null;
  /** null: what fits the system. */
  readonly hardware: NewHardware | null;
  /** null: the default place. */
  readonly folder: FileToken | null;
  readonly memoryMiB: number;
  /** null: no new disk. */
  readonly diskGiB: number | null;
}

/** A ready guest. */
export interface GalleryItem {
  readonly id: 'linux' | 'memtest' | 'grub';
  readonly name: string;
  readonly icon: string;
}

/** What is absent stays as it is. */
export interface VmChanges {
  readonly name?: string;
  readonly description?: string;
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly model?: CpuModelChoice;
  readonly vendor?: CpuVendor;
  readonly bootOrder?: readonly BootDevice[];
  readonly scale?: DisplayScale;
  readonly vramMiB?: number;
  readonly serial?: readonly SerialChange[];
  /** `file`: a token of 'settings.pickPortFile'; null removes the port. */
  readonly parallel?: { readonly file: FileToken | null };
  readonly options?: VmOptions;
  readonly newDisksGiB?: readonly number[];
  readonly attachedDisks?: readonly FileToken[];
  readonly detachedDisks?: readonly string[];
  readonly grownDisks?: readonly { readonly id: string; readonly gib: number }[];
  readonly driveBus?: DriveBus;
  readonly newDrives?: readonly ('cdrom' | 'floppy')[];
  readonly removedDrives?: readonly string[];
}

/** `file`: a token of 'settings.pickPortFile'; null: the file that the port has already. */
export interface SerialChange {
  readonly kind: SerialPort['kind'];
  readonly file: FileToken | null;
  /** Which port it was, for its file. */
  readonly was: number;
}

export type ChosenPreferences = Omit<Preferences, 'vmsFolder'>;

export interface PreferencesInfo {
  readonly chosen: ChosenPreferences;
  /** Shown only. */
  readonly vmsFolder: string;
  /** Where VMs go when the user chose no folder; shown only. */
  readonly usualVmsFolder: string;
  readonly hostMemoryMiB: number;
  /** The language that the choice means now. */
  readonly languageNow: string;
}

/** Where new VMs are to go. */
export type VmsFolderChoice =
  | { readonly kind: 'asNow' }
  | { readonly kind: 'usual' }
  | { readonly kind: 'picked'; readonly token: FileToken };

export type CloseAnswer = 'background' | 'suspend' | 'powerOff' | 'cancel';

/** What a menu item or an accelerator asks of the window. */
export const menuCommands = [
  'newVm',
  'openVm',
  'closeTab',
  'nextTab',
  'previousTab',
  'toggleLibrary',
  'powerOn',
  'pause',
  'suspend',
  'shutDown',
  'reset',
  'powerOff',
  'takeSnapshot',
  'revertSnapshot',
  'snapshotManager',
  'settings',
  'preferences',
  'fullScreen',
  'grabInput',
  'screenFit',
  'screenPixel',
  'screenStretch',
  'typeText',
  'captureToFile',
  'captureToClipboard',
  'recordScreen',
  'about',
] as const;
export type MenuCommand = (typeof menuCommands)[number] | `send.${SpecialKey}`;

/** What the native menu shows: which of its items can do something now, and what is chosen. */
export interface MenuState {
  readonly possible: readonly (typeof menuCommands)[number][];
  /** Special keys reach a guest. */
  readonly canSend: boolean;
  readonly isLibraryShown: boolean;
  /** null: no screen is shown that has one. */
  readonly scale: DisplayScale | null;
}

export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  /** Made without the official Electron: for trying out only. */
  readonly isTest: boolean;
  /** What comes with the program and is not its own. */
  readonly components: readonly { readonly name: string; readonly version: string; readonly license: string }[];
  readonly platform: 'linux' | 'windows' | 'mac';
}

/** An image that the user chose before. */
export interface RecentFile {
  readonly token: FileToken;
  readonly fileName: string;
  /** Shown only, to tell files of one name apart. */
  readonly folder: string;
  readonly uses: readonly ('cdrom' | 'disk' | 'floppy')[];
}

/** A file of this computer that a VM reaches outside its folder. Given back as it came; main opens no path named here. */
export interface VmReach {
  readonly device: string;
  readonly access: 'read' | 'write' | 'socket';
  readonly path: string;
}

export interface SnapshotSizes {
  readonly sizeBytes: number;
  readonly freedBytes: number;
  /** What deleting it with those taken after it gives back. */
  readonly branchFreedBytes: number;
}

/** What the window asks of main. */
export interface AppCalls {
  'app.info': (args: null) => AppInfo;
  'app.closeAnswer': (args: { answer: CloseAnswer }) => void;
  /** While the console or a terminal has the keyboard no accelerator fires. */
  'app.keyboardGrab': (args: { isGrabbed: boolean }) => void;
  'app.fullScreen': (args: { isOn: boolean }) => void;
  'app.menuState': (args: MenuState) => void;
  'preferences.get': (args: null) => PreferencesInfo;
  /** Asks for a folder; null when the user cancelled. */
  'preferences.pickFolder': (args: null) => PickedFolder | null;
  /** Saves them and applies them at once. */
  'preferences.set': (args: ChosenPreferences & { folder: VmsFolderChoice }) => void;
  'library.list': (args: null) => readonly VmItem[];
  /** Asks for a VM's folder; null when the user cancelled. */
  'library.open': (args: null) => VmId | null;
  'library.folders': (args: null) => readonly LibraryFolder[];
  'library.createFolder': (args: { name: string; parent: FolderId | null }) => FolderId;
  'library.renameFolder': (args: { folder: FolderId; name: string }) => void;
  /** What it holds moves up. */
  'library.removeFolder': (args: { folder: FolderId }) => void;
  /** In front of `before` there; null: at the end. */
  'library.moveFolder': (args: { folder: FolderId; parent: FolderId | null; before: FolderId | null }) => void;
  /** Into a folder (null: the top), in front of `before` (null: at the end) or, without it, by name. */
  'library.place': (args: { vms: readonly VmId[]; parent: FolderId | null; before?: VmId | null }) => void;
  'library.favourite': (args: { vms: readonly VmId[]; isFavourite: boolean }) => void;
  /** Asks where the folder of a missing VM is now; null when the user cancelled. */
  'library.locate': (args: { vm: VmId }) => VmId | null;
  /** Moves VMs into the trash; the token undoes it. */
  'library.trash': (args: { vms: readonly VmId[] }) => FileToken;
  'library.undoTrash': (args: { token: FileToken }) => void;
  'wizard.info': (args: null) => WizardInfo;
  'wizard.pickFile': (args: { kind: 'cdrom' | 'disk' | 'floppy' }) => PickedFile | null;
  /** As if it had been picked. */
  'wizard.takeRecent': (args: { token: FileToken }) => PickedFile;
  'wizard.pickFolder': (args: null) => PickedFolder | null;
  /** Every system that can be chosen by hand, by name. */
  'wizard.systems': (args: null) => readonly SystemChoice[];
  'wizard.create': (args: NewVmRequest) => VmId;
  /** The guests that come with Subzero. */
  'gallery.list': (args: null) => readonly GalleryItem[];
  /** Made if it is not there yet, then started. */
  'gallery.start': (args: { guest: GalleryItem['id'] }) => VmId;
  'vm.details': (args: { vm: VmId }) => VmDetails;
  'vm.change': (args: { vm: VmId; changes: VmChanges }) => { isQueued: boolean };
  /** Forgets what waits for the next power-on. */
  'vm.discardQueued': (args: { vm: VmId }) => void;
  /** Asks for the file or socket of a serial port, or the file of the printer at the parallel port. */
  'settings.pickPortFile': (args: { kind: 'file' | 'socket' | 'printer' }) => PickedFolder | null;
  'vm.delete': (args: { vm: VmId }) => void;
  /** Takes it off the list. */
  'vm.forget': (args: { vm: VmId }) => void;
  'vm.start': (args: { vm: VmId }) => void;
  /** What it reaches outside its folder and the user has not agreed to. */
  'vm.unagreed': (args: { vm: VmId }) => readonly VmReach[];
  'vm.agree': (args: { vm: VmId; reaches: readonly VmReach[] }) => void;
  /** Whether a VM's folder was moved to where it is now, or is a copy. */
  'vm.settleIdentity': (args: { vm: VmId; answer: 'moved' | 'copied' }) => void;
  'vm.pause': (args: { vm: VmId }) => void;
  'vm.resume': (args: { vm: VmId }) => void;
  'vm.suspend': (args: { vm: VmId }) => void;
  /** Gives up the snapshot that is being taken or gone to, or the suspend. */
  'vm.cancelWork': (args: { vm: VmId }) => void;
  'vm.shutDown': (args: { vm: VmId }) => void;
  'vm.reset': (args: { vm: VmId }) => void;
  'vm.powerOff': (args: { vm: VmId }) => void;
  /** Back from 'crashed' to 'stopped'. */
  'vm.dismissCrash': (args: { vm: VmId }) => void;
  'vm.stats': (args: { vm: VmId }) => VmStats;
  /** The screen of a running VM, small; null when it looks as at `known`, or there is none. */
  'vm.thumbnail': (args: { vm: VmId; known: number }) => Thumbnail | null;
  /** The last part of its log. */
  'vm.log': (args: { vm: VmId }) => string;
  /** Shows its folder in this computer's file manager. */
  'vm.showFolder': (args: { vm: VmId }) => void;
  'support.collect': (args: { vm: VmId }) => SupportData;
  /** Asks where to; false when the user cancelled. */
  'support.save': (args: { token: FileToken }) => boolean;
  /** Asks for an image; false when the user cancelled. */
  'vm.insertMedium': (args: { vm: VmId; device: string }) => boolean;
  'vm.insertRecent': (args: { vm: VmId; device: string; token: FileToken }) => void;
  /** The images that the user chose last, newest first. */
  'recent.list': (args: null) => readonly RecentFile[];
  'vm.ejectMedium': (args: { vm: VmId; device: string }) => void;
  'snapshot.list': (args: { vm: VmId }) => SnapshotTree;
  /** By snapshot: what its files take, and what deleting it would give back. */
  'snapshot.sizes': (args: { vm: VmId }) => Readonly<Record<string, SnapshotSizes>>;
  'snapshot.take': (args: { vm: VmId; name: string; description: string }) => { id: string };
  'snapshot.restore': (args: { vm: VmId; id: string }) => void;
  /** `withChildren`: with those taken after it. */
  'snapshot.delete': (args: { vm: VmId; id: string; withChildren: boolean }) => void;
  'snapshot.rename': (args: { vm: VmId; id: string; name: string; description: string }) => void;
  'snapshot.thumbnail': (args: { vm: VmId; id: string }) => Uint8Array | null;
  /** The console's port then comes beside this link, under the same number. */
  'console.attach': (args: { vm: VmId; channel: number }) => void;
  /** How its screen is shown; also while it runs. */
  'console.setScale': (args: { vm: VmId; scale: DisplayScale }) => void;
  /** Types text by keystrokes of a keyboard layout; ends when all is typed. */
  'console.typeText': (args: { vm: VmId; text: string; layout: KeyboardLayoutId }) => void;
  'console.stopTyping': (args: { vm: VmId }) => void;
  /** Asks for a file; false when the user cancelled. */
  'console.captureToFile': (args: { vm: VmId }) => boolean;
  'console.captureToClipboard': (args: { vm: VmId }) => void;
  /** Asks where a film of the screen goes; null when the user cancelled. */
  'recording.begin': (args: { vm: VmId }) => FileToken | null;
  /** WebM that follows on what was written before. */
  'recording.write': (args: { recording: FileToken; bytes: Uint8Array }) => void;
  'recording.end': (args: { recording: FileToken }) => void;
  /** What the user selected in a terminal, into the clipboard. */
  'app.copyText': (args: { text: string }) => void;
  /** The clipboard's text, for a user who pastes. */
  'app.pasteText': (args: null) => string;
}

/** What main tells the window. */
export interface AppEvents {
  library: readonly VmItem[];
  folders: readonly LibraryFolder[];
  activity: { vm: VmId; device: string };
  /** An installer has restarted its VM: its CD can go. */
  installed: { vm: VmId; device: string };
  snapshots: { vm: VmId; tree: SnapshotTree };
  /** A VM's process told how it ended. */
  ended: { vm: VmId; end: VmEnd };
  /** How much of what a new VM is made of is there, from 0 to 1. */
  creating: { done: number };
  log: { vm: VmId; level: 'info' | 'warning' | 'error'; message: string };
  details: { vm: VmId };
  preferences: PreferencesInfo;
  /** An image that the user dropped on the window. */
  dropped: PickedFile;
  menu: MenuCommand;
  /** The tray asks for a VM's tab. */
  showVm: { vm: VmId };
  /** The window is to close while these VMs run; answered by 'app.closeAnswer'. */
  closeAsked: { names: readonly string[] };
  fullScreen: boolean;
  failed: { error: WireError };
}

/** One part of a film. */
const MAX_RECORDED_BYTES = 64 << 20;

const vm = text({ maxLength: 32, pattern: /^[0-9a-f]+$/ });
const token = text({ maxLength: 64, pattern: /^[0-9a-f]+$/ });
const snapshotId = text({ maxLength: 64, pattern: /^[0-9a-zA-Z-]+$/ });
const device = text({ maxLength: 32, pattern: /^[0-9a-zA-Z._-]+$/ });
const boolean = oneOf([true, false]);
const memory = integer(1, 3072);
const diskGiB = integer(1, 2048);
const ofVm = object({ vm });
const ofDevice = object({ vm, device });
const folder = text({ maxLength: 32, pattern: /^[0-9a-f]+$/ });
const folderName = text({ maxLength: 200 });
const vms = list(vm, 1000);
const snapshotName = text({ maxLength: 200 });
const description = text({ maxLength: 10_000 });
const name = text({ maxLength: 200 });
/** A power of two, as a memory BAR must be. */
export const vramSizesMiB = [1, 2, 4, 8, 16, 32, 64] as const;
const bootOrder = list(oneOf(['disk', 'cdrom', 'floppy']), 3);

const sources = {
  file: object({ kind: oneOf(['file']), token, use: oneOf(['cdrom', 'disk', 'floppy']), copy: boolean }),
  starter: object({ kind: oneOf(['starter']) }),
  none: object({ kind: oneOf(['none']) }),
};

function source(value: unknown): string | undefined {
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(sources, kind)) return 'is no source';
  return sources[kind as keyof typeof sources](value);
}

const folderChoices = {
  asNow: object({ kind: oneOf(['asNow']) }),
  usual: object({ kind: oneOf(['usual']) }),
  picked: object({ kind: oneOf(['picked']), token }),
};

function folderChoice(value: unknown): string | undefined {
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(folderChoices, kind)) return 'is no choice of a folder';
  return folderChoices[kind as keyof typeof folderChoices](value);
}

export const appChecks: Checks<AppCalls> = {
  'app.info': nothing,
  'app.closeAnswer': object({ answer: oneOf(['background', 'suspend', 'powerOff', 'cancel']) }),
  'app.keyboardGrab': object({ isGrabbed: boolean }),
  'app.fullScreen': object({ isOn: boolean }),
  'app.menuState': object({
    possible: list(oneOf(menuCommands), menuCommands.length),
    canSend: boolean,
    isLibraryShown: boolean,
    scale: optional(oneOf(displayScales)),
  }),
  'preferences.get': nothing,
  'preferences.pickFolder': nothing,
  'preferences.set': object({
    language: text({ maxLength: 8, pattern: /^[a-z]+$/ }),
    appearance: oneOf(appearances),
    onClose: oneOf(closeActions),
    hostKeys: oneOf(hostKeySets),
    memoryLimitMiB: optional(integer(MIN_MEMORY_LIMIT_MIB, MAX_MEMORY_LIMIT_MIB)),
    folder: folderChoice,
  }),
  'library.list': nothing,
  'library.open': nothing,
  'library.folders': nothing,
  'library.createFolder': object({ name: folderName, parent: optional(folder) }),
  'library.renameFolder': object({ folder, name: folderName }),
  'library.removeFolder': object({ folder }),
  'library.moveFolder': object({ folder, parent: optional(folder), before: optional(folder) }),
  'library.place': object({ vms, parent: optional(folder), before: optional(vm) }),
  'library.favourite': object({ vms, isFavourite: boolean }),
  'library.locate': ofVm,
  'library.trash': object({ vms }),
  'library.undoTrash': object({ token }),
  'wizard.info': nothing,
  'wizard.pickFile': object({ kind: oneOf(['cdrom', 'disk', 'floppy']) }),
  'wizard.takeRecent': object({ token }),
  'wizard.pickFolder': nothing,
  'wizard.systems': nothing,
  'wizard.create': object({
    name,
    source,
    systemId: optional(text({ maxLength: 64, pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ })),
    hardware: optional(
      object({
        cpus: integer(1, maxCpus),
        vendor: oneOf(cpuVendors),
        rtc: oneOf(['utc', 'local']),
        vramMiB: oneOf(vramSizesMiB),
        serialPorts: integer(0, 4),
        bootOrder,
      }),
    ),
    folder: optional(token),
    memoryMiB: memory,
    diskGiB: optional(diskGiB),
  }),
  'gallery.list': nothing,
  'gallery.start': object({ guest: oneOf(['linux', 'memtest', 'grub']) }),
  'vm.details': ofVm,
  'vm.change': object({
    vm,
    changes: object({
      name: optional(name),
      description: optional(description),
      memoryMiB: optional(memory),
      cpus: optional(integer(1, maxCpus)),
      model: optional(oneOf(cpuModels)),
      vendor: optional(oneOf(cpuVendors)),
      bootOrder: optional(bootOrder),
      scale: optional(oneOf(displayScales)),
      vramMiB: optional(oneOf([1, 2, 4, 8, 16, 32, 64])),
      driveBus: optional(oneOf(driveBuses)),
      serial: optional(
        list(
          object({
            kind: oneOf(['terminal', 'file', 'socket', 'none']),
            file: optional(token),
            was: integer(-1, 3),
          }),
          4,
        ),
      ),
      parallel: optional(object({ file: optional(token) })),
      options: optional(
        object({
          autoStart: boolean,
          onHostClose: oneOf(['ask', 'background', 'suspend', 'powerOff']),
          onPowerOff: oneOf(['powerOff', 'revert', 'snapshot', 'ask']),
          onGuestReset: oneOf(['reset', 'powerOff']),
        }),
      ),
      newDisksGiB: optional(list(diskGiB, 4)),
      attachedDisks: optional(list(token, 4)),
      detachedDisks: optional(list(device, 4)),
      grownDisks: optional(list(object({ id: device, gib: diskGiB }), 4)),
      newDrives: optional(list(oneOf(['cdrom', 'floppy']), 6)),
      removedDrives: optional(list(device, 6)),
    }),
  }),
  'vm.discardQueued': ofVm,
  'settings.pickPortFile': object({ kind: oneOf(['file', 'socket', 'printer']) }),
  'vm.delete': ofVm,
  'vm.forget': ofVm,
  'vm.start': ofVm,
  'vm.unagreed': ofVm,
  'vm.settleIdentity': object({ vm, answer: oneOf(['moved', 'copied']) }),
  'vm.agree': object({
    vm,
    reaches: list(
      object({
        device: text({ maxLength: 64 }),
        access: oneOf(['read', 'write', 'socket']),
        path: text({ maxLength: 8192 }),
      }),
      200,
    ),
  }),
  'vm.pause': ofVm,
  'vm.resume': ofVm,
  'vm.suspend': ofVm,
  'vm.cancelWork': ofVm,
  'vm.shutDown': ofVm,
  'vm.reset': ofVm,
  'vm.powerOff': ofVm,
  'vm.dismissCrash': ofVm,
  'vm.stats': ofVm,
  'vm.thumbnail': object({ vm, known: integer(0, 0xffffffff) }),
  'vm.log': ofVm,
  'vm.showFolder': ofVm,
  'support.collect': ofVm,
  'support.save': object({ token }),
  'vm.insertMedium': ofDevice,
  'vm.insertRecent': object({ vm, device, token }),
  'recent.list': nothing,
  'vm.ejectMedium': ofDevice,
  'snapshot.list': ofVm,
  'snapshot.sizes': ofVm,
  'snapshot.take': object({ vm, name: snapshotName, description }),
  'snapshot.restore': object({ vm, id: snapshotId }),
  'snapshot.delete': object({ vm, id: snapshotId, withChildren: boolean }),
  'snapshot.rename': object({ vm, id: snapshotId, name: snapshotName, description }),
  'snapshot.thumbnail': object({ vm, id: snapshotId }),
  'console.attach': object({ vm, channel: integer(1, Number.MAX_SAFE_INTEGER) }),
  'console.setScale': object({ vm, scale: oneOf(displayScales) }),
  'console.typeText': object({ vm, text: text({ maxLength: MAX_TYPED_LENGTH }), layout: oneOf(keyboardLayoutIds) }),
  'console.stopTyping': ofVm,
  'console.captureToFile': ofVm,
  'console.captureToClipboard': ofVm,
  'recording.begin': ofVm,
  'recording.write': object({ recording: token, bytes: bytes(MAX_RECORDED_BYTES) }),
  'recording.end': object({ recording: token }),
  'app.copyText': object({ text: text({ maxLength: MAX_COPIED_LENGTH }) }),
  'app.pasteText': nothing,
};

import type {
  BootDevice,
  NewHardware,
  NewVmRequest,
  PickedFile,
  PickedFolder,
  SystemChoice,
  WizardInfo,
} from '../../../src/protocol/app';
import { nameTrouble } from '../../../src/config/vm-name';
import { nameText } from '../../../src/i18n/name-text';
import { translate } from '../../../src/i18n/translate';

/** The New Virtual Machine wizard without its looks. Pure. */

export const sourceKinds = ['cdrom', 'disk', 'floppy', 'starter', 'none'] as const;
export type SourceKind = (typeof sourceKinds)[number];
/** Typical asks for the least; custom for everything a machine can have. */
export type WizardPath = 'typical' | 'custom';
export type StepId = 'source' | 'system' | 'name' | 'hardware' | 'summary';
export type FieldId = 'file' | 'name' | 'diskGiB' | 'memoryMiB';

const MIN_MEMORY_MIB = 1;
const MAX_MEMORY_MIB = 3072;
const MAX_DISK_GIB = 2048;
const STARTER_MEMORY_MIB = 256;

/** Hardware as the custom path shows it; `firstBoot` stands for an order that begins with it. */
export interface HardwareChoice extends Omit<NewHardware, 'bootOrder'> {
  readonly firstBoot: BootDevice;
}

export interface WizardState {
  readonly step: StepId;
  readonly path: WizardPath;
  readonly source: SourceKind;
  readonly file: PickedFile | undefined;
  readonly copiesDisk: boolean;
  /** Chosen by hand; undefined: as recognised. */
  readonly system: SystemChoice | undefined;
  readonly name: string;
  /** The user wrote it: it no longer follows the file. */
  readonly isNameOwn: boolean;
  readonly folder: PickedFolder | undefined;
  readonly hasDisk: boolean;
  /** As typed. */
  readonly diskGiB: string;
  readonly memoryMiB: string;
  readonly hardware: HardwareChoice;
  readonly powersOn: boolean;
  /** Fields whose problems are shown. */
  readonly shown: readonly FieldId[];
  /** What main said is wrong. */
  readonly refused: Partial<Record<FieldId, string>>;
}

export type WizardEvent =
  | { readonly t: 'path'; readonly path: WizardPath }
  | { readonly t: 'source'; readonly source: SourceKind }
  | { readonly t: 'file'; readonly file: PickedFile }
  | { readonly t: 'system'; readonly system: SystemChoice | undefined }
  | { readonly t: 'copiesDisk'; readonly on: boolean }
  | { readonly t: 'name'; readonly name: string }
  | { readonly t: 'folder'; readonly folder: PickedFolder }
  | { readonly t: 'hasDisk'; readonly on: boolean }
  | { readonly t: 'diskGiB'; readonly text: string }
  | { readonly t: 'memoryMiB'; readonly text: string }
  | { readonly t: 'hardware'; readonly change: Partial<HardwareChoice> }
  | { readonly t: 'powersOn'; readonly on: boolean }
  | { readonly t: 'refused'; readonly field: FieldId; readonly text: string }
  /** Goes on if nothing on this step is wrong, else shows what is. */
  | { readonly t: 'next' }
  | { readonly t: 'back' };

export const initialWizard: WizardState = {
  step: 'source',
  path: 'typical',
  source: 'cdrom',
  file: undefined,
  copiesDisk: true,
  system: undefined,
  name: '',
  isNameOwn: false,
  folder: undefined,
  hasDisk: true,
  diskGiB: '20',
  memoryMiB: '512',
  hardware: { cpus: 1, vendor: 'GenuineIntel', rtc: 'utc', vramMiB: 16, serialPorts: 1, firstBoot: 'disk' },
  powersOn: true,
  shown: [],
  refused: {},
};

const TYPICAL: readonly StepId[] = ['source', 'name', 'summary'];
const CUSTOM: readonly StepId[] = ['source', 'system', 'name', 'hardware', 'summary'];

export function stepsOf({ path }: Pick<WizardState, 'path'>): readonly StepId[] {
  return path === 'typical' ? TYPICAL : CUSTOM;
}

/** What the wizard begins with when a file was dropped on the window. */
export function wizardFor(file: PickedFile | undefined, takenNames: readonly string[]): WizardState {
  if (file === undefined) return initialWizard;
  return wizardStep({ ...initialWizard, source: file.kind }, { t: 'file', file }, takenNames);
}

/** The system as far as it is known. */
export function systemOf({ source, file, system }: WizardState): SystemChoice | undefined {
  return source === 'starter' ? undefined : (system ?? file?.system);
}

export function wizardStep(state: WizardState, event: WizardEvent, takenNames: readonly string[]): WizardState {
  switch (event.t) {
    case 'path':
      return { ...state, path: event.path };
    case 'source':
      return withDefaults({ ...state, source: event.source, file: undefined, shown: [], refused: {} }, takenNames);
    case 'file':
      return withDefaults({ ...state, file: event.file, shown: ['file'], refused: {} }, takenNames);
    case 'system':
      return withDefaults({ ...state, system: event.system }, takenNames);
    case 'hardware':
      return { ...state, hardware: { ...state.hardware, ...event.change } };
    case 'copiesDisk':
      return { ...state, copiesDisk: event.on };
    case 'name':
      return { ...state, name: event.name, isNameOwn: true, shown: add(state.shown, 'name'), refused: {} };
    case 'folder':
      return { ...state, folder: event.folder };
    case 'hasDisk':
      return { ...state, hasDisk: event.on };
    case 'diskGiB':
      return { ...state, diskGiB: event.text, shown: add(state.shown, 'diskGiB'), refused: {} };
    case 'memoryMiB':
      return { ...state, memoryMiB: event.text, shown: add(state.shown, 'memoryMiB'), refused: {} };
    case 'powersOn':
      return { ...state, powersOn: event.on };
    case 'refused':
      return {
        ...state,
        step: stepOfField(event.field, state.path),
        shown: add(state.shown, event.field),
        refused: { [event.field]: event.text },
      };
    case 'next':
      return next(state, takenNames);
    case 'back': {
      const steps = stepsOf(state);
      return { ...state, step: steps[Math.max(0, steps.indexOf(state.step) - 1)] as StepId };
    }
  }
}

/** What is wrong, by field. */
export function problemsOf(
  state: WizardState,
  takenNames: readonly string[],
  info?: WizardInfo,
): Partial<Record<FieldId, string>> {
  const problems: Partial<Record<FieldId, string>> = {};
  if (needsFile(state.source)) {
    if (state.file === undefined) problems.file = translate('wizard.source.needsFile');
    else if (!state.file.uses.includes(state.source)) {
      problems.file = translate('wizard.source.wrongKind', {
        found: translate(`wizard.kind.${state.file.kind}`),
        wanted: translate(`wizard.kind.${state.source}`),
      });
    }
  }
  const trouble = nameProblem(state.name, takenNames);
  if (trouble !== undefined) problems.name = trouble;
  if (makesDisk(state) && !isWhole(state.diskGiB, 1, MAX_DISK_GIB)) problems.diskGiB = translate('wizard.disk.range');
  const max = Math.min(MAX_MEMORY_MIB, info?.hostMemoryMiB ?? MAX_MEMORY_MIB);
  if (!isWhole(state.memoryMiB, MIN_MEMORY_MIB, max)) {
    problems.memoryMiB = translate('wizard.summary.memoryRange', { min: MIN_MEMORY_MIB, max });
  }
  return { ...problems, ...state.refused };
}

export function requestOf(state: WizardState): NewVmRequest {
  const { source, file, folder, copiesDisk, path, hardware } = state;
  const { firstBoot, ...rest } = hardware;
  const order: BootDevice[] = ['disk', 'cdrom', 'floppy'];
  return {
    name: state.name.trim(),
    source:
      source === 'starter' || source === 'none'
        ? { kind: source }
        : { kind: 'file', token: file?.token ?? '', use: source, copy: source === 'disk' && copiesDisk },
    systemId: source === 'starter' ? null : (state.system?.id ?? null),
    hardware:
      path === 'typical'
        ? null
        : { ...rest, bootOrder: [firstBoot, ...order.filter((device) => device !== firstBoot)] },
    folder: folder?.token ?? null,
    memoryMiB: Number(state.memoryMiB),
    diskGiB: makesDisk(state) ? Number(state.diskGiB) : null,
  };
}

export function needsFile(source: SourceKind): source is 'cdrom' | 'disk' | 'floppy' {
  return source === 'cdrom' || source === 'disk' || source === 'floppy';
}

export function makesDisk({ source, hasDisk }: WizardState): boolean {
  return source !== 'disk' && hasDisk;
}

function next(state: WizardState, takenNames: readonly string[]): WizardState {
  const wrong = Object.keys(problemsOf(state, takenNames)) as FieldId[];
  const here = wrong.filter((field) => stepOfField(field, state.path) === state.step);
  if (here.length > 0) return { ...state, shown: here.reduce(add, state.shown) };
  const steps = stepsOf(state);
  return { ...state, step: steps[Math.min(steps.length - 1, steps.indexOf(state.step) + 1)] as StepId };
}

function stepOfField(field: FieldId, path: WizardPath): StepId {
  if (field === 'memoryMiB') return path === 'custom' ? 'hardware' : 'summary';
  return field === 'file' ? 'source' : 'name';
}

/** What is known of the system decides name, memory and disk until the user does. */
function withDefaults(state: WizardState, takenNames: readonly string[]): WizardState {
  const { source, file } = state;
  const isStarter = source === 'starter';
  const system = systemOf(state);
  const diskGiB = isStarter || source === 'floppy' ? 0 : (system?.diskGiB ?? 20);
  const known = isStarter ? translate('wizard.source.starter') : system?.id === 'other' ? undefined : system?.name;
  return {
    ...state,
    name: state.isNameOwn ? state.name : freeName(nameFor(known, file), takenNames),
    memoryMiB: String(isStarter ? STARTER_MEMORY_MIB : (system?.memoryMiB ?? 512)),
    hasDisk: diskGiB > 0,
    diskGiB: String(diskGiB > 0 ? diskGiB : 10),
    hardware: {
      ...state.hardware,
      rtc: system?.rtc ?? 'utc',
      firstBoot: source === 'floppy' ? 'floppy' : 'disk',
    },
  };
}

function nameFor(system: string | undefined, file: PickedFile | undefined): string {
  if (system !== undefined) return system;
  const fileName = file?.fileName.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/[_-]+/g, ' ');
  return fileName?.trim() || translate('wizard.defaultName');
}

function freeName(wanted: string, takenNames: readonly string[]): string {
  const taken = new Set(takenNames.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} ${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}

function nameProblem(name: string, takenNames: readonly string[]): string | undefined {
  const trouble = nameTrouble(name.trim());
  if (trouble !== undefined) return nameText(trouble);
  const isTaken = takenNames.some((taken) => taken.toLowerCase() === name.trim().toLowerCase());
  return isTaken ? translate('wizard.nameTaken', { name: name.trim() }) : undefined;
}

function isWhole(text: string, min: number, max: number): boolean {
  return /^\d{1,6}$/.test(text.trim()) && Number(text) >= min && Number(text) <= max;
}

function add(fields: readonly FieldId[], field: FieldId): readonly FieldId[] {
  return fields.includes(field) ? fields : [...fields, field];
}

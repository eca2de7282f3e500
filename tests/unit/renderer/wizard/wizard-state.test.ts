import { describe, expect, test } from 'vitest';
import type { PickedFile, SystemChoice } from '../../../../src/protocol/app';
import {
  initialWizard,
  problemsOf,
  requestOf,
  stepsOf,
  type WizardEvent,
  type WizardState,
  wizardFor,
  wizardStep,
} from '../../../../renderer/features/wizard/wizard-state';

const iso: PickedFile = {
  token: 'aa',
  fileName: 'grub.iso',
  kind: 'cdrom',
  uses: ['cdrom'],
  sizeBytes: 5 << 20,
  system: {
    id: 'grub-rescue',
    name: 'GRUB rescue',
    icon: 'tool',
    memoryMiB: 64,
    diskGiB: 0,
    rtc: 'utc',
    verdict: { kind: 'expected' },
  },
};
const windows: SystemChoice = {
  id: 'winxp',
  name: 'Microsoft Windows XP',
  icon: 'windows',
  memoryMiB: 512,
  diskGiB: 10,
  rtc: 'local',
  verdict: { kind: 'expected' },
};
const disk: PickedFile = {
  ...iso,
  token: 'bb',
  fileName: 'my_disk.qcow2',
  kind: 'disk',
  uses: ['disk'],
  system: { ...iso.system, id: 'other', name: 'Other system', icon: 'other', diskGiB: 10 },
};

function after(events: readonly WizardEvent[], taken: readonly string[] = []): WizardState {
  return events.reduce((state, event) => wizardStep(state, event, taken), initialWizard);
}

describe('New Virtual Machine wizard', () => {
  test('does not leave the first step without a file, and says so only then', () => {
    expect(initialWizard.shown).toEqual([]);
    const stuck = after([{ t: 'next' }]);
    expect(stuck.step).toBe('source');
    expect(stuck.shown).toContain('file');
    expect(problemsOf(stuck, []).file).toBeDefined();
  });

  test('takes name, memory and disk from what was detected', () => {
    const state = after([{ t: 'file', file: iso }]);
    expect(state).toMatchObject({ name: 'GRUB rescue', memoryMiB: '64', hasDisk: false });
  });

  test('names an unknown image after its file', () => {
    expect(
      after([
        { t: 'source', source: 'disk' },
        { t: 'file', file: disk },
      ]).name,
    ).toBe('my disk');
  });

  test('keeps the name that the user wrote', () => {
    const state = after([
      { t: 'file', file: iso },
      { t: 'name', name: 'Mine' },
      { t: 'source', source: 'none' },
    ]);
    expect(state.name).toBe('Mine');
  });

  test('finds a free name', () => {
    expect(after([{ t: 'file', file: iso }], ['grub RESCUE', 'GRUB rescue 2']).name).toBe('GRUB rescue 3');
  });

  test('refuses an image that does not fit the drive', () => {
    const state = after([{ t: 'source', source: 'floppy' }, { t: 'file', file: iso }, { t: 'next' }]);
    expect(state.step).toBe('source');
    expect(problemsOf(state, []).file).toContain('ISO image');
  });

  test('has three steps, and five on the custom path', () => {
    expect(stepsOf({ path: 'typical' })).toEqual(['source', 'name', 'summary']);
    expect(stepsOf({ path: 'custom' })).toEqual(['source', 'system', 'name', 'hardware', 'summary']);
  });

  test('begins with a dropped file, three clicks from its start', () => {
    const dropped = wizardFor(iso, []);
    expect(dropped).toMatchObject({ source: 'cdrom', name: 'GRUB rescue', step: 'source' });
    const ready = [{ t: 'next' }, { t: 'next' }].reduce<WizardState>(
      (state, event) => wizardStep(state, event as WizardEvent, []),
      dropped,
    );
    expect(ready.step).toBe('summary');
    expect(wizardFor(disk, []).source).toBe('disk');
  });

  test('a system chosen by hand decides name, memory, disk and clock', () => {
    const state = after([
      { t: 'path', path: 'custom' },
      { t: 'source', source: 'none' },
      { t: 'system', system: windows },
    ]);
    expect(state).toMatchObject({ name: 'Microsoft Windows XP', memoryMiB: '512', diskGiB: '10', hasDisk: true });
    expect(requestOf(state)).toMatchObject({
      systemId: 'winxp',
      hardware: { rtc: 'local', vendor: 'GenuineIntel', bootOrder: ['disk', 'cdrom', 'floppy'] },
    });
  });

  test('the custom path sends the hardware that was chosen, the typical one none', () => {
    const events: WizardEvent[] = [
      { t: 'source', source: 'none' },
      { t: 'hardware', change: { cpus: 2, vendor: 'AuthenticAMD', serialPorts: 2, firstBoot: 'cdrom', vramMiB: 64 } },
    ];
    expect(requestOf(after(events)).hardware).toBeNull();
    expect(requestOf(after([{ t: 'path', path: 'custom' }, ...events])).hardware).toEqual({
      cpus: 2,
      vendor: 'AuthenticAMD',
      rtc: 'utc',
      vramMiB: 64,
      serialPorts: 2,
      bootOrder: ['cdrom', 'disk', 'floppy'],
    });
  });

  test('the custom path stays at the hardware while its memory is wrong', () => {
    const next: WizardEvent = { t: 'next' };
    const state = after([
      { t: 'path', path: 'custom' },
      { t: 'source', source: 'none' },
      next,
      next,
      next,
      { t: 'memoryMiB', text: '0' },
      next,
    ]);
    expect(state.step).toBe('hardware');
    expect(state.shown).toContain('memoryMiB');
  });

  test('goes through and makes a request that main takes', () => {
    const next: WizardEvent = { t: 'next' };
    const state = after([
      { t: 'file', file: iso },
      next,
      { t: 'hasDisk', on: true },
      { t: 'diskGiB', text: '7' },
      next,
    ]);
    expect(state.step).toBe('summary');
    expect(requestOf(state)).toEqual({
      name: 'GRUB rescue',
      source: { kind: 'file', token: 'aa', use: 'cdrom', copy: false },
      systemId: null,
      hardware: null,
      folder: null,
      memoryMiB: 64,
      diskGiB: 7,
    });
  });

  test.each(['0', '2049', '1.5', '', 'x', '1e3'])('refuses a disk of %j GiB', (text) => {
    const state = after([
      { t: 'source', source: 'none' },
      { t: 'diskGiB', text },
    ]);
    expect(problemsOf(state, []).diskGiB).toBeDefined();
  });

  test('a disk that is not wanted has no problem', () => {
    const state = after([
      { t: 'source', source: 'none' },
      { t: 'diskGiB', text: 'x' },
      { t: 'hasDisk', on: false },
    ]);
    expect(problemsOf(state, []).diskGiB).toBeUndefined();
    expect(requestOf(state).diskGiB).toBeNull();
  });

  test('memory is limited by this computer', () => {
    const state = after([
      { t: 'source', source: 'none' },
      { t: 'memoryMiB', text: '2000' },
    ]);
    const info = { defaultFolder: '', hasStarter: false, hostMemoryMiB: 1024 };
    expect(problemsOf(state, [], info).memoryMiB).toContain('1024');
    expect(problemsOf(state, []).memoryMiB).toBeUndefined();
  });

  test('goes back to the field that main refused, until it is changed', () => {
    const refused = after([
      { t: 'source', source: 'none' },
      { t: 'next' },
      { t: 'next' },
      { t: 'refused', field: 'name', text: 'Taken.' },
    ]);
    expect(refused.step).toBe('name');
    expect(problemsOf(refused, []).name).toBe('Taken.');
    expect(problemsOf(wizardStep(refused, { t: 'name', name: 'Other' }, []), []).name).toBeUndefined();
  });
});

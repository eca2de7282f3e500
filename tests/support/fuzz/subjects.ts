import { displaySubjects } from './display-subjects';
import { firmwareSubjects } from './firmware-subjects';
import type { FuzzSubject } from './fuzz-device';
import { interruptSubjects } from './interrupt-subjects';
import { pcSubject } from './pc-subject';
import { smallSubjects } from './small-subjects';
import { storageSubjects } from './storage-subjects';

/** Everything that a guest reaches. A new device gets a row; tests/unit/devices/fuzz.test.ts finds those without. */
export const fuzzSubjects: readonly FuzzSubject[] = [
  ...smallSubjects,
  ...interruptSubjects,
  ...storageSubjects,
  ...displaySubjects,
  ...firmwareSubjects,
  pcSubject,
];

/** Folders of src/devices by the subject that fuzzes them, where the names differ. */
export const SUBJECT_OF_FOLDER: Readonly<Record<string, string>> = {
  dma: 'floppy and dma',
  floppy: 'floppy and dma',
  ioapic: 'apics',
  lapic: 'apics',
  pci: 'pci-config',
};

// Set-up: what a command needs, in order, each part only when it is not there yet.
import { debianGuestStep } from './debian-guest.mjs';
import { electronStep } from './electron.mjs';
import { firmwareStep } from './firmware.mjs';
import {
  cloudStep,
  discsStep,
  installerStep,
  linux32Step,
  realTimeStep,
  starterStep,
  syslinuxMenuStep,
  syslinuxStep,
} from './guests.mjs';
import { withLock } from './lock.mjs';
import { npmStep } from './npm.mjs';
import { during } from './report.mjs';
import { librariesStep, systemStepForTests } from './system.mjs';
import { systemsStep } from './systems.mjs';
import { testKernelsStep, testProgramsStep } from './test-programs.mjs';

const all = [
  ...[npmStep, electronStep, librariesStep, systemStepForTests, firmwareStep, systemsStep],
  ...[starterStep, discsStep, syslinuxStep, syslinuxMenuStep, linux32Step, cloudStep, realTimeStep],
  ...[installerStep, testProgramsStep, testKernelsStep, debianGuestStep],
];
const byName = new Map(all.map((step) => [step.name, step]));

export const FOR_CHECK = ['npm'];
export const FOR_CLI = ['npm', 'firmware', 'systems', 'starter', 'discs'];
export const FOR_APP = [...FOR_CLI, 'electron', 'libraries'];
export const FOR_TESTS = [...FOR_CLI, 'electron', 'system', 'syslinux'];
const LONG_GUESTS = [
  ...['linux-686', 'linux-cloud', 'linux-rt', 'debian-installer', 'debian-guest'],
  ...['test-programs', 'test-kernels'],
];
export const FOR_LONG_TESTS = [...FOR_CLI, 'syslinux', 'syslinux-menu', ...LONG_GUESTS];

export async function setUp(names) {
  const steps = names.map((name) => byName.get(name));
  if (steps.every((step) => step.isDone())) return;
  await withLock(async () => {
    // Another command may have done it while we waited. npm and Debian packages come over the network: at once.
    const started = new Map();
    const start = (step) => {
      if (!started.has(step)) started.set(step, perform(step));
      return started.get(step);
    };
    const perform = async (step) => {
      for (const need of step.needs ?? []) await start(byName.get(need));
      if (!step.isDone()) await during(step.title, () => step.run());
    };
    const results = await Promise.allSettled(steps.map(start));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  });
}

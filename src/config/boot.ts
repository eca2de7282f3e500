import type { Problem } from './problem';
import { FieldReader } from './reader';

export const bootDevices = ['disk', 'cdrom', 'floppy'] as const;
export type BootDevice = (typeof bootDevices)[number];

/** A kernel started without a boot loader on a disk: Linux bzImage or Multiboot 1 ELF, told apart by content. */
export interface KernelConfig {
  readonly file: string;
  readonly initrd: string | null;
  readonly append: string;
  /** Multiboot modules. */
  readonly modules: readonly { readonly file: string; readonly args: string }[];
}

export interface BootConfig {
  readonly order: readonly BootDevice[];
  /** The firmware's own boot menu (Esc). */
  readonly menu: boolean;
  readonly kernel: KernelConfig | null;
}

/** Linux takes up to 2047 characters on x86 (COMMAND_LINE_SIZE less the NUL). */
const maxCommandLine = 2047;
const maxModules = 32;

export const defaultBoot: BootConfig = { order: ['cdrom', 'disk', 'floppy'], menu: false, kernel: null };

export function readBoot(value: unknown, path: string, problems: Problem[]): BootConfig {
  if (value === undefined) return defaultBoot;
  const fields = new FieldReader(value, path, problems);
  const boot: BootConfig = {
    order: readOrder(fields, problems),
    menu: fields.flag('menu', defaultBoot.menu),
    kernel: readKernel(fields.raw('kernel'), fields.at('kernel'), problems),
  };
  fields.end();
  return boot;
}

function readOrder(fields: FieldReader, problems: Problem[]): readonly BootDevice[] {
  if (!fields.has('order')) return defaultBoot.order;
  const order: BootDevice[] = [];
  for (const { value, path } of fields.items('order', bootDevices.length)) {
    const device = bootDevices.find((known) => known === value);
    if (device === undefined) {
      problems.push({ path, code: 'bad-value', message: `must be one of ${bootDevices.join(', ')}` });
    } else if (order.includes(device)) {
      problems.push({ path, code: 'duplicate', message: `'${device}' stands in the list twice` });
    } else {
      order.push(device);
    }
  }
  return order;
}

function readKernel(value: unknown, path: string, problems: Problem[]): KernelConfig | null {
  if (value === undefined || value === null) return null;
  const fields = new FieldReader(value, path, problems);
  const kernel: KernelConfig = {
    file: fields.file('file'),
    initrd: fields.optionalFile('initrd'),
    append: fields.text('append', { default: '', maxLength: maxCommandLine, allowEmpty: true }),
    modules: fields.items('modules', maxModules).map((item) => {
      const module = new FieldReader(item.value, item.path, problems);
      const read = {
        file: module.file('file'),
        args: module.text('args', { default: '', maxLength: maxCommandLine, allowEmpty: true }),
      };
      module.end();
      return read;
    }),
  };
  if (kernel.initrd !== null && kernel.modules.length > 0) {
    fields.problem('modules', 'conflict', 'a kernel takes an initrd (Linux) or modules (Multiboot), not both');
  }
  fields.end();
  return kernel;
}

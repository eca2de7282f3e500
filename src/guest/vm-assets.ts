import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VmError } from '../base/errors';
import type { VmConfig } from '../config/vm-config';
import type { FirmwareFiles } from './machine-thread-init';

/** Where the program's own files lie. */
export interface VmAssets {
  /** The machine thread's script. */
  readonly machineThread: string;
  /** The script of the thread that compiles hot guest code. */
  readonly regionCompiler: string;
  /** The compiled CPU core. */
  readonly coreWasm: string;
  /** bios-256k.bin and vgabios-stdvga.bin of SeaBIOS. */
  readonly firmwareFolder: string;
}

/** @param out the folder of the bundles, build/out in a clone */
export function assetsIn(out: string): VmAssets {
  return {
    machineThread: join(out, 'machine-thread.cjs'),
    regionCompiler: join(out, 'region-compiler.cjs'),
    coreWasm: join(out, 'core.wasm'),
    firmwareFolder: join(out, 'firmware'),
  };
}

/** What ends at 4 GiB and has its reset vector and segment F000 at its end has whole segments. */
const BIOS_UNIT = 64 << 10;
/** An option ROM's third byte counts these. */
const OPTION_ROM_UNIT = 512;
const MAX_ROM_BYTES = 16 << 20;
/** One shared memory holds everything: a kernel and its initrd must fit into guest RAM anyway. */
const MAX_KERNEL_BYTES = 1 << 30;

/** Reads ROMs and direct-boot files. Errors name the file and what to do. */
export async function readFirmware(
  config: VmConfig,
  assets: VmAssets,
  resolve: (file: string) => string,
): Promise<FirmwareFiles> {
  const own = config.firmware;
  const bios = await readRom(
    'BIOS',
    BIOS_UNIT,
    own.bios === null ? join(assets.firmwareFolder, 'bios-256k.bin') : resolve(own.bios),
    own.bios === null,
  );
  const vgaBios = await readRom(
    'VGA BIOS',
    OPTION_ROM_UNIT,
    own.vgaBios === null ? join(assets.firmwareFolder, 'vgabios-stdvga.bin') : resolve(own.vgaBios),
    own.vgaBios === null,
  );
  const { kernel } = config.boot;
  if (kernel === null) return { bios, vgaBios };
  const image = await readBootFile('kernel', resolve(kernel.file));
  const initrd = kernel.initrd === null ? undefined : await readBootFile('initrd', resolve(kernel.initrd));
  const modules = await Promise.all(
    kernel.modules.map(async ({ file, args }) => ({ bytes: await readBootFile('module', resolve(file)), args })),
  );
  return {
    bios,
    vgaBios,
    kernel: { image, ...(initrd === undefined ? {} : { initrd }), append: kernel.append, modules },
  };
}

async function readRom(what: string, unit: number, path: string, isOurs: boolean): Promise<Uint8Array> {
  const bytes = await readAll(path).catch((cause: unknown) => {
    const remedy = isOurs ? 'run the set-up again (npm start)' : 'check the path of the image';
    throw new VmError('firmware-missing', `cannot read the ${what} '${path}': ${remedy}`, { file: path }, cause);
  });
  if (bytes.length < unit || bytes.length > MAX_ROM_BYTES || bytes.length % unit !== 0) {
    throw new VmError(
      'firmware-invalid',
      `the ${what} '${path}' has ${bytes.length} bytes: an image has a multiple of ${unit}, up to 16 MiB; choose another file`,
      { file: path },
    );
  }
  return bytes;
}

async function readBootFile(what: string, path: string): Promise<Uint8Array> {
  const bytes = await readAll(path).catch((cause: unknown) => {
    throw new VmError(
      'file-not-found',
      `cannot read the ${what} '${path}': check the path and its permissions`,
      { file: path },
      cause,
    );
  });
  if (bytes.length > MAX_KERNEL_BYTES)
    throw new VmError('kernel-invalid', `the ${what} '${path}' is too large to boot`, { file: path });
  return bytes;
}

async function readAll(path: string): Promise<Uint8Array> {
  const buffer = await readFile(path);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

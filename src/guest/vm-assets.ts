import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VmError } from '../base/errors';
import type { VmConfig } from '../config/vm-config';
import { isLinuxKernel } from '../firmware/linux-boot';
import { ARRIVED, type FirmwareFiles, MISSING } from './machine-thread-init';

/** Where the program's own files lie. */
export interface VmAssets {
  /** The machine thread's script. */
  readonly machineThread: string;
  /** The script of the thread that compiles hot guest code. */
  readonly regionCompiler: string;
  /** The script of the thread that helps to load a saved memory. */
  readonly memoryLoader: string;
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
    memoryLoader: join(out, 'memory-loader.cjs'),
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
  const { bios, vgaBios } = await readRoms(config, assets, resolve);
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

/** More than the setup code of any Linux kernel. */
const HEAD_BYTES = 64 << 10;
const PART_BYTES = 1 << 20;

/**
 * The same for a machine that goes on where it was. It needs the kernel at its next reset only, so of a Linux one the head is
 * read, and `readRest` brings the others into the same shared memory. The caller logs why that failed.
 */
export async function firmwareToGoOn(
  config: VmConfig,
  assets: VmAssets,
  resolve: (file: string) => string,
): Promise<{ firmware: FirmwareFiles; readRest?: () => Promise<void> }> {
  const { kernel } = config.boot;
  if (kernel === null || kernel.modules.length > 0) return { firmware: await readFirmware(config, assets, resolve) };
  const image = await beginFile('kernel', resolve(kernel.file));
  if (!isLinuxKernel(image.bytes)) return { firmware: await readFirmware(config, assets, resolve) };
  const initrd = kernel.initrd === null ? undefined : await beginFile('initrd', resolve(kernel.initrd));
  const arrived = new SharedArrayBuffer(4);
  const flag = new Int32Array(arrived);
  const says = (value: number): void => {
    Atomics.store(flag, 0, value);
    Atomics.notify(flag, 0);
  };
  return {
    firmware: {
      ...(await readRoms(config, assets, resolve)),
      kernel: {
        image: image.bytes,
        ...(initrd === undefined ? {} : { initrd: initrd.bytes }),
        append: kernel.append,
        modules: [],
        arrived,
      },
    },
    readRest: async () => {
      try {
        await image.readRest();
        await initrd?.readRest();
      } catch (error) {
        says(MISSING);
        throw error;
      }
      says(ARRIVED);
    },
  };
}

interface BegunFile {
  readonly bytes: Uint8Array;
  readRest(): Promise<void>;
}

async function beginFile(what: string, path: string): Promise<BegunFile> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw unreadable(what, path, cause);
  });
  if (size > MAX_KERNEL_BYTES) throw tooLarge(what, path);
  const bytes = new Uint8Array(new SharedArrayBuffer(size));
  const read = async (start: number, end: number): Promise<void> => {
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw unreadable(what, path, cause);
    });
    try {
      const part = new Uint8Array(Math.min(PART_BYTES, end - start));
      for (let at = start; at < end; ) {
        const { bytesRead } = await file.read(part, 0, Math.min(part.length, end - at), at);
        if (bytesRead === 0) throw unreadable(what, path, undefined);
        bytes.set(part.subarray(0, bytesRead), at);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
  };
  const head = Math.min(HEAD_BYTES, size);
  await read(0, head);
  return { bytes, readRest: () => read(head, size) };
}

async function readRoms(
  config: VmConfig,
  assets: VmAssets,
  resolve: (file: string) => string,
): Promise<{ bios: Uint8Array; vgaBios: Uint8Array }> {
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
  return { bios, vgaBios };
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
    throw unreadable(what, path, cause);
  });
  if (bytes.length > MAX_KERNEL_BYTES) throw tooLarge(what, path);
  return bytes;
}

function unreadable(what: string, path: string, cause: unknown): VmError {
  const message = `cannot read the ${what} '${path}': check the path and its permissions`;
  return new VmError('file-not-found', message, { file: path }, cause);
}

function tooLarge(what: string, path: string): VmError {
  return new VmError('kernel-invalid', `the ${what} '${path}' is too large to boot`, { file: path });
}

async function readAll(path: string): Promise<Uint8Array> {
  const buffer = await readFile(path);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

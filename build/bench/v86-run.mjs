// node v86-run.mjs MODULE_FOLDER FIRMWARE_FOLDER MEMORY_MIB KERNEL INITRD APPEND: runs v86 with the guest's serial port on stdout.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, firmware, memoryMiB, kernel, initrd, append] = process.argv.slice(2);
const { V86 } = await import(pathToFileURL(path.join(folder, 'build/libv86.mjs')));

const file = (name) => {
  const bytes = fs.readFileSync(name);
  return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
};
const emulator = new V86({
  wasm_path: path.join(folder, 'build/v86.wasm'),
  memory_size: Number(memoryMiB) << 20,
  vga_memory_size: 8 << 20,
  bios: file(path.join(firmware, 'bios.bin')),
  vga_bios: file(path.join(firmware, 'vgabios-stdvga.bin')),
  bzimage: file(kernel),
  initrd: file(initrd),
  cmdline: append,
  autostart: true,
});
let line = '';
emulator.add_listener('serial0-output-byte', (byte) => {
  line += String.fromCharCode(byte);
  if (!line.endsWith('\n')) return;
  fs.writeSync(1, line);
  line = '';
});

import { expect } from 'vitest';
import { checkConfig, defaultConfig, formatConfig, type VmConfig } from '../../src/config/vm-config';
import { createQcow2 } from '../../src/disk/qcow2/create';
import { createRaw } from '../../src/disk/raw/create';
import type { StoredDisk } from '../../src/disk/vm-store';
import { OwnedVm } from '../../src/library/owned-vm';
import type { CrashFiles } from './crash-files';

export const VM = '/vms/one';
export const DISK_BYTES = 256 << 10;
const RAM_BYTES = (300 << 10) + 4096;

export const config: VmConfig = {
  ...defaultConfig('One'),
  memory: { memoryMiB: 1 },
  disks: [
    { id: 'disk0', file: 'disks/a.qcow2', format: 'qcow2', bus: 'ide', readonly: false },
    { id: 'disk1', file: 'disks/b.img', format: 'raw', bus: 'ide', readonly: false },
  ],
};

/** A VM's folder, whole and durable. */
export async function makeVm(files: CrashFiles): Promise<void> {
  for (const folder of ['/vms', VM, `${VM}/disks`]) await files.makeFolder(folder);
  await createQcow2(files, `${VM}/disks/a.qcow2`, { sizeBytes: DISK_BYTES, clusterBits: 12 });
  await createRaw(files, `${VM}/disks/b.img`, DISK_BYTES);
  expect(checkConfig(config).ok).toBe(true);
  files.put(`${VM}/vm.json`, new TextEncoder().encode(formatConfig(config)));
  for (const folder of ['/', '/vms', VM, `${VM}/disks`]) await files.syncFolder(folder);
}

/** As if the process that wrote them had ended. */
export function makeLocksStale(files: CrashFiles): void {
  for (const file of files.allFiles(VM).filter((name) => name.startsWith(`${VM}/vm.lock`))) {
    const text = new TextDecoder().decode(files.contentOf(file));
    if (!text.endsWith('}\n')) continue;
    files.put(file, new TextEncoder().encode(`${JSON.stringify({ ...JSON.parse(text), startTime: '1' })}\n`));
  }
}

/**
 * A machine that has one counter in RAM, in a device and on both disks, so that a mixture of two instants is seen. Every
 * step flushes, as a careful guest does.
 */
export class FakeVm {
  count = 0;
  readonly ram = new Uint8Array(RAM_BYTES);

  private constructor(
    readonly vm: OwnedVm,
    private readonly disks: StoredDisk[],
  ) {}

  /** Starts the VM as its process would: from a saved state if there is one. */
  static async start(files: CrashFiles): Promise<FakeVm> {
    // The owner is dead in these tests, though its pid (ours) lives.
    makeLocksStale(files);
    const vm = await OwnedVm.open(files, VM, '');
    return FakeVm.powerOn(vm);
  }

  static async powerOn(vm: OwnedVm): Promise<FakeVm> {
    const disks: StoredDisk[] = [];
    for (const disk of vm.config.disks) disks.push(await vm.openDisk(disk));
    const machine = new FakeVm(vm, disks);
    const counts = await machine.#diskCounts();
    const saved = await vm.savedState();
    if (saved !== undefined) {
      await saved.memory.load('ram', machine.ram);
      machine.count = machine.#ramCount();
      expect(saved.devices.get('counter')).toEqual({ count: machine.count });
      await saved.close();
      // One whole instant.
      expect(counts).toEqual([machine.count, machine.count]);
      await vm.consumeSavedState();
    } else {
      machine.count = Math.max(...counts);
    }
    return machine;
  }

  async step(): Promise<void> {
    this.count++;
    this.#setRam();
    for (const disk of this.disks) {
      const sector = new Uint8Array(512);
      new DataView(sector.buffer).setUint32(0, this.count);
      await disk.write(4096, sector);
      await disk.write(8192 + (this.count % 20) * 4096, sector);
    }
    for (const disk of this.disks) await disk.flush();
  }

  /** Takes a snapshot named by the counter; the guest runs on while it is written. */
  async takeSnapshot(meanwhile: () => Promise<void> = () => this.step()): Promise<string> {
    this.#setRam();
    const name = String(this.count);
    const writer = await this.vm.beginSnapshot({ name, description: '', thumbnail: new Uint8Array([1, 2, 3]) });
    const ram = this.ram.slice();
    const devices = new Map([['counter', { count: this.count }]]);
    await writer.switchDisks();
    await meanwhile();
    await writer.writeDevices(devices);
    await writer.writeMemory([{ id: 'ram', sizeBytes: ram.length }], (_region, offset, length) =>
      offset >= 128 << 10 && writer.canReuse('ram', offset) ? 'unchanged' : ram.subarray(offset, offset + length),
    );
    await writer.commit();
    return writer.id;
  }

  async suspend(): Promise<void> {
    this.#setRam();
    const writer = await this.vm.beginSuspend();
    await writer.writeDevices(new Map([['counter', { count: this.count }]]));
    await writer.writeMemory([{ id: 'ram', sizeBytes: this.ram.length }], (_region, offset, length) =>
      this.ram.subarray(offset, offset + length),
    );
    await writer.commit();
    await this.vm.close();
  }

  async powerOff(): Promise<OwnedVm> {
    for (const disk of this.disks) await disk.close();
    return this.vm;
  }

  #setRam(): void {
    new DataView(this.ram.buffer).setUint32(0, this.count);
    // Something that compresses and something that does not, in the chunk that never changes.
    for (let i = 128 << 10; i < 140 << 10; i++) this.ram[i] = (i * i * 31) >> 5;
  }

  #ramCount(): number {
    return new DataView(this.ram.buffer).getUint32(0);
  }

  async #diskCounts(): Promise<number[]> {
    const counts: number[] = [];
    for (const disk of this.disks) {
      const sector = new Uint8Array(512);
      await disk.read(4096, sector);
      counts.push(new DataView(sector.buffer).getUint32(0));
    }
    return counts;
  }
}

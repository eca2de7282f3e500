import { defaultConfig } from '../../../src/config/vm-config';
import { TestPc } from '../test-pc';
import type { FuzzRange, FuzzSubject } from './fuzz-device';
import { sizeOf } from './fuzz-device';
import type { FuzzRandom } from './fuzz-random';
import { hostActs, settleAll } from './storage-subjects';

/** Ports that something answers at, and what a BIOS maps. */
const PORT_RANGES: readonly (readonly [first: number, count: number])[] = [
  ...([
    [0x00, 16],
    [0x20, 2],
    [0x40, 4],
    [0x60, 5],
    [0x70, 4],
    [0x80, 16],
    [0x92, 1],
    [0xa0, 2],
    [0xb2, 2],
  ] as const),
  ...([
    [0xc0, 32],
    [0xf0, 2],
    [0x170, 8],
    [0x1f0, 8],
    [0x376, 1],
    [0x3b0, 0x30],
    [0x3f0, 8],
    [0x3f8, 8],
  ] as const),
  ...([
    [0x4d0, 2],
    [0x510, 12],
    [0x1ce, 4],
    [0x5658, 4],
    [0x600, 0x40],
    [0xaf00, 0x100],
    [0xc000, 16],
    [0xcf8, 8],
  ] as const),
];
const MMIO_RANGES: readonly (readonly [first: number, size: number])[] = [
  [0xa0000, 0x20000],
  [0xfec00000, 0x1000],
  [0xfed00000, 0x1000],
  [0xfee00000, 0x1000],
  [0xfebf0000, 0x2000],
];

/** The whole board behind its bus, no CPU running: devices meet each other's wires, DMA meets everything. */
export const pcSubject: FuzzSubject = {
  name: 'pc',
  stateLimit: 24 << 20,
  make: (random) => {
    const sizes: Record<string, number> = { disk0: 0x40000, cd0: 0x20000, fd0: 1_474_560 };
    const { pc, ram, ports } = new TestPc({
      changes: {
        cpu: { ...defaultConfig('').cpu, cpus: 2 },
        disks: [{ id: 'disk0', file: 'disk0.img', format: 'raw', bus: 'ide', readonly: false }],
        cdroms: [{ id: 'cd0', file: 'cd.iso', bus: 'sata' }],
        floppies: [{ id: 'fd0', file: 'fd.img', readonly: false }],
      },
      mediumBytes: (id) => sizes[id] ?? 0x8000,
      random: () => random.next(),
    });
    const { bus } = pc;
    const configure = (register: number, value: number): void => {
      bus.writePort(0xcf8, 4, (0x80000000 | register) >>> 0);
      bus.writePort(0xcfc, 4, value);
    };
    /** What SeaBIOS sets up. */
    const boot = (): void => {
      configure(0x0920, 0xc000);
      configure(0x0904, 5);
      configure(0x0940, 0x80008000);
      configure(0x0b40, 0x601);
      configure(0x0b80, 1);
      configure(0x1010, 0xfd000000);
      configure(0x1018, 0xfebf0000);
      configure(0x1004, 3);
    };
    boot();
    const portRanges = PORT_RANGES.map(
      ([first, size]): FuzzRange => ({
        size,
        read: (offset, bytes) => bus.readPort(first + offset, bytes),
        write: (offset, bytes, value) => bus.writePort(first + offset, bytes, value),
      }),
    );
    const mmioRanges = MMIO_RANGES.map(
      ([first, size]): FuzzRange => ({
        size,
        read: (offset, bytes) => bus.readMmio(first + offset, bytes),
        write: (offset, bytes, value) => bus.writeMmio(first + offset, bytes, value),
      }),
    );
    const anywhere: FuzzRange = {
      size: 0x10000,
      read: (offset, bytes) => bus.readPort(offset, bytes),
      write: (offset, bytes, value) => bus.writePort(offset, bytes, value),
    };
    const gpa = (r: FuzzRandom): number =>
      r.pick([r.below(1 << 22), 0xa0000 + r.below(0x20000), 0xfec00000, 0xfee00300, 0xfd000000, r.value(4)]);
    return {
      ranges: [...portRanges, ...mmioRanges, anywhere],
      acts: [
        boot,
        (r) => configure((r.pick([0, 8, 9, 11, 16]) << 8) | (r.below(64) << 2), r.value(4)),
        // a PRD table that leads anywhere, device memory and its own registers' addresses included
        (r) => {
          for (let i = 0; i < 8; i++) {
            ram.setUint32(0x1000 + 8 * i, gpa(r), true);
            ram.setUint32(0x1004 + 8 * i, r.oneIn(3) ? 0x80000000 | r.value(2) : r.value(2), true);
          }
          const at = r.below(2);
          bus.writePort(0xc004 + 8 * at, 4, 0x1000);
          bus.writePort(at === 0 ? 0x1f6 : 0x176, 1, 0xe0);
          bus.writePort(at === 0 ? 0x1f7 : 0x177, 1, r.pick([0xc8, 0xca, 0x25, 0x35]));
          bus.writePort(0xc000 + 8 * at, 1, r.pick([1, 9]));
        },
        (r) => {
          const address = gpa(r);
          ram.setUint32(0x2000, (r.below(0x30) << 16) | r.pick([0x0a, 0x18, 0x0c]));
          ram.setUint32(0x2004, r.value(4));
          ram.setBigUint64(0x2008, BigInt(address));
          bus.writePort(0x514, 4, 0);
          bus.writePort(0x518, 4, 0x00200000);
        },
        (r) => pc.inputs.apply({ kind: 'key', usage: r.byte(), down: r.oneIn(2) }),
        (r) => pc.inputs.apply({ kind: 'keyHeld', usage: r.byte(), heldMs: r.byte() * 100 }),
        (r) => pc.inputs.apply({ kind: 'pointer', dx: r.below(99), dy: -r.below(99), wheel: 1, buttons: r.below(8) }),
        (r) => pc.inputs.apply({ kind: 'serial', port: 0, bytes: r.bytes(r.below(40)) }),
        (r) => {
          const ns = pc.clock.nowNs() + r.below(3_000_000);
          pc.inputs.apply({ kind: 'clock', ns, nsPerInstruction: 1 });
          pc.clock.fireDue();
        },
        (r) => void bus.acknowledgeInterrupt(r.below(pc.vcpus.length)),
        (r) => void bus.writeMsr(0, r.pick([0x1b, 0x6e0, 0x830, 0x80b, 0x80f]), BigInt(r.value(4))),
        () => void pc.takeRequest(),
        ...hostActs(ports, (r) => (r.oneIn(4) ? undefined : new Uint8Array(r.pick([2048, 0x20000, 1_474_560])))),
      ],
      reset: () => {
        pc.reset();
        boot();
      },
      settle: () => settleAll(ports),
      saveAndRestore: () => {
        const entries = structuredClone(pc.save());
        pc.restore(entries);
        return sizeOf(Object.fromEntries(entries));
      },
    };
  },
};

import { describe, expect, it } from 'vitest';
import { FwCfg, fwCfgState } from '../../../src/devices/fw-cfg/fw-cfg';
import { describeDevice } from '../../support/describe-device';
import { FakeGuestMemory } from '../../support/fake-memory';

const READ = 2;
const SKIP = 4;
const SELECT = 8;
const WRITE = 16;

function make() {
  const memory = new FakeGuestMemory(0x10000);
  const device = new FwCfg('fw-cfg', memory);
  const select = (selector: number): void => device.writePort(0, 2, selector);
  const read = (count: number): number[] => Array.from({ length: count }, () => device.readPort(1, 1));
  /** Runs a request at 0x1000; gives its control word afterwards. */
  const dma = (control: number, length: number, address: number): number => {
    const view = new DataView(memory.bytes.buffer);
    view.setUint32(0x1000, control);
    view.setUint32(0x1004, length);
    view.setBigUint64(0x1008, BigInt(address));
    device.writePort(4, 4, 0);
    device.writePort(8, 4, 0x00100000); // big-endian 0x1000
    return view.getUint32(0x1000);
  };
  return { memory, device, select, read, dma };
}

describeDevice({
  name: 'fw-cfg',
  state: fwCfgState,
  make: () => {
    const { device } = make();
    device.addFile('etc/writable', new Uint8Array(8), { isWritable: true });
    return { device, ports: [{ handler: device, count: 12 }] };
  },
});

describe('fw_cfg', () => {
  it('makes a file anew each time it is selected, and not while it is read', () => {
    const { device, select, read } = make();
    let value = 1;
    const selector = device.addFile('etc/fresh', new Uint8Array(2), { refresh: () => new Uint8Array(2).fill(value) });
    select(selector);
    expect(read(1)).toEqual([1]);
    value = 2;
    expect(read(2)).toEqual([1, 0]);
    select(selector);
    expect(read(3)).toEqual([2, 2, 0]);
  });

  it('signs with QEMU and offers DMA', () => {
    const { device, select, read } = make();
    select(0);
    expect(String.fromCharCode(...read(4))).toBe('QEMU');
    select(1);
    expect(read(4)).toEqual([3, 0, 0, 0]);
    expect(device.readPort(4, 4)).toBe(0x554d4551);
    expect(device.readPort(8, 4)).toBe(0x47464320);
  });

  it('reads zeros past the end and from nothing', () => {
    const { select, read } = make();
    select(0);
    expect(read(6).slice(4)).toEqual([0, 0]);
    select(0x77);
    expect(read(2)).toEqual([0, 0]);
  });

  it('accepts a selector in two bytes', () => {
    const { device, select, read } = make();
    device.addNumber(0x8002, 4, 0x01020304);
    select(0x8000);
    device.writePort(0, 1, 0x02);
    expect(read(4)).toEqual([4, 3, 2, 1]);
  });

  it('lists its files sorted, big-endian, and serves them', () => {
    const { device, select, read } = make();
    device.addFile('etc/zeta', Uint8Array.of(1, 2, 3));
    const selector = device.addFile('bootorder', Uint8Array.of(9));
    expect(device.addFile('bootorder', Uint8Array.of(9, 8))).toBe(selector);
    select(0x19);
    expect(read(4)).toEqual([0, 0, 0, 2]);
    const entry = read(64);
    expect(entry.slice(0, 4)).toEqual([0, 0, 0, 2]);
    expect((entry[4]! << 8) | entry[5]!).toBe(selector);
    expect(String.fromCharCode(...entry.slice(8, 18))).toBe('bootorder\0');
    select(selector);
    expect(read(3)).toEqual([9, 8, 0]);
    expect(() => device.addFile('x'.repeat(56), new Uint8Array(0))).toThrow();
  });

  it('reads by DMA with select, then goes on, skips', () => {
    const { device, dma, memory } = make();
    const selector = device.addFile(
      'data',
      Uint8Array.from({ length: 100 }, (_, i) => i),
    );
    expect(dma((selector << 16) | SELECT | READ, 10, 0x2000)).toBe(0);
    expect([...memory.bytes.subarray(0x2000, 0x200a)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(dma(SKIP, 40, 0)).toBe(0);
    expect(dma(READ, 2, 0x2000)).toBe(0);
    expect([...memory.bytes.subarray(0x2000, 0x2002)]).toEqual([50, 51]);
    memory.bytes.fill(0xee, 0x2000, 0x2100);
    expect(dma(READ, 60, 0x2000)).toBe(0);
    expect([...memory.bytes.subarray(0x202f, 0x203d)]).toEqual([99, ...new Array<number>(12).fill(0), 0xee]);
  });

  it('writes by DMA to writable files only', () => {
    const { device, dma, memory } = make();
    let seen: Uint8Array | undefined;
    const writable = device.addFile('w', new Uint8Array(4), { isWritable: true, onWrite: (bytes) => (seen = bytes) });
    const fixed = device.addFile('r', new Uint8Array(4));
    memory.bytes.set([1, 2, 3, 4], 0x2000);
    expect(dma((writable << 16) | SELECT | WRITE, 4, 0x2000)).toBe(0);
    expect([...seen!]).toEqual([1, 2, 3, 4]);
    expect(dma((writable << 16) | SELECT | WRITE, 5, 0x2000)).toBe(1);
    expect(dma((fixed << 16) | SELECT | WRITE, 4, 0x2000)).toBe(1);
    const second = make();
    second.device.addFile('w', new Uint8Array(4), { isWritable: true });
    second.device.restore(structuredClone(device.save()));
    expect([...second.device.file('w')!]).toEqual([1, 2, 3, 4]);
  });

  it('refuses endless transfers at once', () => {
    const { dma, device } = make();
    const before = Date.now();
    expect(dma((0 << 16) | SELECT | READ, 0xffffffff, 0x2000)).toBe(1);
    expect(dma((0 << 16) | SELECT | READ, 0x100, 2 ** 52)).toBe(1);
    expect(dma(SKIP, 0xffffffff, 0)).toBe(0);
    expect(dma(SKIP, 0xffffffff, 0)).toBe(0);
    device.writePort(4, 4, 0xffffffff);
    device.writePort(8, 4, 0xffffffff);
    expect(Date.now() - before).toBeLessThan(500);
  });
});

import { describe, expect, it } from 'vitest';
import { piix3IdeState } from '../../../../src/devices/ide/piix3-ide';
import { describeDevice } from '../../../support/describe-device';
import { IdeFixture, pattern, same } from './fixture';

describeDevice({
  name: 'piix3-ide',
  state: piix3IdeState,
  make: () => {
    const fixture = new IdeFixture({ diskBytes: 0x8000, cdBytes: 0x8000 });
    return {
      device: fixture.ide,
      pci: [fixture.ide.config],
      ports: [
        { handler: fixture.commands[0]!, count: 8 },
        { handler: fixture.controls[0]!, count: 1 },
        { handler: fixture.commands[1]!, count: 8 },
        { handler: fixture.controls[1]!, count: 1 },
      ],
    };
  },
});

const word = (bytes: Uint8Array, at: number): number => bytes[2 * at]! | (bytes[2 * at + 1]! << 8);
const enabled = (options = {}) => new IdeFixture(options).enable();

describe('IDE channel', () => {
  it('answers only when enabled in configuration space', () => {
    const f = new IdeFixture();
    expect(f.status()).toBe(0xff);
    f.enable();
    expect(f.status()).toBe(0x50);
  });

  it('answers without its timing registers being set, as OVMF expects, and not once their enable bits are cleared', () => {
    const f = new IdeFixture();
    f.ide.config.writeConfig(0x04, 2, 1);
    expect([f.status(0), f.status(1)]).toEqual([0x50, 0]);
    f.ide.config.writeConfig(0x40, 4, 0x00008000);
    expect([f.status(0), f.status(1)]).toEqual([0x50, 0xff]);
  });

  it('shows signatures after reset', () => {
    const f = enabled();
    const signature = (channel: number) => [1, 2, 3, 4, 5].map((register) => f.in(channel, register));
    expect(signature(0)).toEqual([1, 1, 1, 0, 0]);
    expect(signature(1)).toEqual([1, 1, 1, 0x14, 0xeb]);
    expect(f.status(1)).toBe(0);
    f.out(1, 3, 0x55);
    f.controls[1]!.writePort(0, 1, 4);
    expect(f.controls[1]!.readPort(0, 1)).toBe(0x80);
    f.controls[1]!.writePort(0, 1, 0);
    expect(signature(1)).toEqual([1, 1, 1, 0x14, 0xeb]);
  });

  it('reads zeros for a missing slave', () => {
    const f = enabled();
    f.out(0, 6, 0xb0);
    f.out(0, 2, 0x55);
    expect(f.in(0, 2)).toBe(0);
    expect(f.status()).toBe(0);
    f.out(0, 7, 0xec);
    expect(f.irqs[0].level).toBe(false);
  });

  it('has interrupts taken back by reading status, not alternate status', () => {
    const f = enabled();
    f.out(0, 7, 0xec);
    expect(f.irqs[0].level).toBe(true);
    f.controls[0]!.readPort(0, 1);
    expect(f.irqs[0].level).toBe(true);
    f.status();
    expect(f.irqs[0].level).toBe(false);
  });

  it('keeps INTRQ low under nIEN and shows it when that goes', () => {
    const f = enabled();
    f.controls[0]!.writePort(0, 1, 2);
    f.out(0, 7, 0xec);
    expect(f.irqs[0].level).toBe(false);
    f.controls[0]!.writePort(0, 1, 0);
    expect(f.irqs[0].level).toBe(true);
  });

  it('drives INTRQ for the selected drive only', () => {
    const f = enabled({ slave: true });
    f.out(0, 7, 0xec);
    f.out(0, 6, 0xb0);
    expect(f.irqs[0].level).toBe(false);
    f.out(0, 6, 0xa0);
    expect(f.irqs[0].level).toBe(true);
  });

  it('diagnoses both drives and selects the first', () => {
    const f = enabled({ slave: true });
    f.out(0, 6, 0xb0);
    f.out(0, 7, 0x90);
    expect(f.in(0, 6) & 0x10).toBe(0);
    expect(f.in(0, 1)).toBe(1);
    expect(f.irqs[0].level).toBe(true);
  });
});

describe('ATA disk', () => {
  it('identifies itself', () => {
    const f = enabled();
    f.out(0, 7, 0xec);
    expect(f.status() & 8).toBe(8);
    const data = f.readWords(0, 512);
    expect(f.status()).toBe(0x50);
    expect(word(data, 0)).toBe(0x40);
    expect([word(data, 3), word(data, 6)]).toEqual([16, 63]);
    expect(word(data, 60) | (word(data, 61) << 16)).toBe(2048);
    expect(word(data, 100)).toBe(2048);
    const model = Array.from({ length: 20 }, (_, i) =>
      String.fromCharCode(word(data, 27 + i) >> 8, word(data, 27 + i) & 0xff),
    );
    expect(model.join('').trim()).toBe('SUBZERO TEST');
    expect(data.reduce((sum, byte) => sum + byte, 0) & 0xff).toBe(0);
  });

  it('reads sectors by LBA28, CHS and LBA48 alike', () => {
    const f = enabled();
    f.lba28(100, 2, 0x20);
    const expected = pattern(0x100000).subarray(100 * 512, 102 * 512);
    expect(f.readWords(0, 1024)).toEqual(expected);
    f.lba48(100, 2, 0x24);
    expect(f.readWords(0, 1024)).toEqual(expected);
    // 100 = cylinder 0, head 1, sector 38.
    f.out(0, 6, 0xa1);
    f.out(0, 2, 2);
    f.out(0, 3, 38);
    f.out(0, 4, 0);
    f.out(0, 5, 0);
    f.out(0, 7, 0x20);
    expect(f.readWords(0, 1024)).toEqual(expected);
    expect([f.in(0, 2), f.in(0, 3), f.in(0, 6) & 15]).toEqual([0, 39, 1]);
  });

  it('interrupts once a sector, or once a block with READ MULTIPLE', () => {
    const f = enabled();
    f.lba28(0, 4, 0x20);
    for (let i = 0; i < 4; i++) {
      expect(f.irqs[0].level).toBe(true);
      f.status();
      f.readWords(0, 512);
    }
    expect(f.irqs[0].level).toBe(false);
    f.out(0, 2, 8);
    f.out(0, 7, 0xc6);
    f.status();
    const before = f.irqs[0].rises;
    f.lba28(0, 16, 0xc4);
    f.status();
    f.readWords(0, 8 * 512);
    f.status();
    f.readWords(0, 8 * 512);
    expect(f.irqs[0].rises - before).toBe(2);
    expect(f.status()).toBe(0x50);
  });

  it('is busy until the host answers', () => {
    const f = enabled({ isImmediate: false });
    f.lba28(5, 1, 0x20);
    expect(f.status()).toBe(0x80);
    f.lba28(9, 1, 0x20);
    expect(f.disk.pending).toBe(1);
    f.disk.completeAll();
    expect(f.status()).toBe(0x58);
    expect(f.readWords(0, 512)).toEqual(pattern(0x100000).subarray(5 * 512, 6 * 512));
  });

  it('takes 256 sectors for a count of 0', () => {
    const f = enabled();
    f.lba28(0, 0, 0x20);
    expect(same(f.readWords(0, 256 * 512), pattern(256 * 512))).toBe(true);
    expect(f.status()).toBe(0x50);
    expect(f.disk.log.every(({ length }) => length <= 0x10000)).toBe(true);
  });

  it('writes sectors with an interrupt after each', () => {
    const f = enabled();
    const data = Uint8Array.from({ length: 1024 }, (_, i) => (i * 3) & 0xff);
    f.lba28(10, 2, 0x30);
    expect(f.irqs[0].level).toBe(false);
    expect(f.status()).toBe(0x58);
    f.writeWords(0, data.subarray(0, 512));
    expect(f.irqs[0].level).toBe(true);
    expect(f.status()).toBe(0x58);
    f.writeWords(0, data.subarray(512));
    expect(f.irqs[0].level).toBe(true);
    expect(f.status()).toBe(0x50);
    expect(f.disk.bytes.subarray(5120, 6144)).toEqual(data);
  });

  it('flushes for FLUSH CACHE, FUA writes and a disabled cache', () => {
    const f = enabled();
    const flushes = () => f.disk.log.filter(({ kind }) => kind === 'flush').length;
    f.out(0, 7, 0xe7);
    expect(flushes()).toBe(1);
    f.out(0, 1, 0x82);
    f.out(0, 7, 0xef);
    expect(flushes()).toBe(2);
    f.lba28(0, 1, 0x30);
    f.writeWords(0, new Uint8Array(512));
    expect(flushes()).toBe(3);
  });

  it('refuses what lies past the end', () => {
    const f = enabled();
    f.lba28(2047, 2, 0x20);
    expect(f.status()).toBe(0x51);
    expect(f.in(0, 1)).toBe(0x10);
    f.lba48(2 ** 40, 1, 0x25);
    expect(f.status()).toBe(0x51);
    f.out(0, 6, 0xa0);
    f.out(0, 3, 0);
    f.out(0, 7, 0x20);
    expect(f.status()).toBe(0x51);
  });

  it('tells read errors with the sector, write protection with abort', () => {
    const f = enabled({ isReadOnly: true });
    f.disk.failNext.read = 'medium';
    f.lba28(0x1ff, 4, 0x20);
    expect(f.status()).toBe(0x51);
    expect([f.in(0, 1), f.in(0, 3), f.in(0, 4)]).toEqual([0x40, 0xff, 1]);
    f.lba28(0, 1, 0x30);
    expect(f.status()).toBe(0x51);
    expect(f.in(0, 1)).toBe(4);
  });

  it('aborts unknown commands, SMART and PACKET', () => {
    const f = enabled();
    for (const command of [0x00, 0xb0, 0xa0, 0xa1, 0x08, 0xff]) {
      f.out(0, 7, command);
      expect(f.status()).toBe(0x51);
      expect(f.in(0, 1)).toBe(4);
    }
  });

  it('reads a partial last sector as padded with zeros', () => {
    const f = enabled({ diskBytes: 1000 });
    f.lba28(1, 1, 0x20);
    const data = f.readWords(0, 512);
    expect(data.subarray(0, 488)).toEqual(pattern(1000).subarray(512));
    expect(data.subarray(488).every((byte) => byte === 0)).toBe(true);
    f.lba28(1, 1, 0x30);
    f.writeWords(0, new Uint8Array(512).fill(9));
    expect(f.status()).toBe(0x50);
    expect(f.disk.bytes).toHaveLength(1000);
  });

  it('drops a completion that a soft reset made stale', () => {
    const f = enabled({ isImmediate: false });
    f.lba28(0, 1, 0x20);
    f.controls[0]!.writePort(0, 1, 4);
    f.controls[0]!.writePort(0, 1, 0);
    f.disk.completeAll();
    expect(f.status()).toBe(0x50);
    expect(f.irqs[0].level).toBe(false);
    expect(f.readWords(0, 2)).toEqual(Uint8Array.of(0xff, 0xff));
  });

  it('goes on in the middle of a transfer after restore', () => {
    const f = enabled();
    f.lba28(0, 3, 0x20);
    const first = f.readWords(0, 700);
    const g = new IdeFixture();
    g.ide.restore(structuredClone(f.ide.save()));
    const second = g.readWords(0, 3 * 512 - 700);
    expect([...first, ...second]).toEqual([...pattern(3 * 512)]);
    expect(g.status()).toBe(0x50);
  });

  it('refuses a state of another kind of drive', () => {
    const f = enabled();
    const state = structuredClone(f.ide.save());
    const [first, second] = state.channels;
    const swapped = { ...state, channels: [second!, first!] };
    expect(() => new IdeFixture().ide.restore(swapped)).toThrow(/pci\/00:01.1\/channel0\/drive0/);
  });
});

describe('a saved disk', () => {
  it('cannot address sectors that the disk does not have, nor parts of sectors', () => {
    const f = new IdeFixture({ diskBytes: 0x8000, cdBytes: 0x8000 });
    const good = structuredClone(f.ide.save());
    const change = (fields: object): unknown => {
      const state = structuredClone(good) as any;
      Object.assign(state.channels[0].drives[0].state, fields);
      return state;
    };
    expect(() => f.ide.restore(change({ lba: 65, remaining: 0 }) as typeof good)).toThrow(/drive0.*sectors/);
    expect(() => f.ide.restore(change({ lba: 60, remaining: 5 }) as typeof good)).toThrow(/sectors/);
    const drive = { ...(good.channels[0]!.drives[0] as any).state.drive, buffer: new Uint8Array(100) };
    expect(piix3IdeState.check(change({ drive }))).toBe(false);
  });
});

describe('bus master', () => {
  it('reads to memory along the descriptors', () => {
    const f = enabled();
    f.descriptors([
      [0x10000, 0x600],
      [0x20000, 0xa00],
    ]);
    f.lba28(8, 8, 0xc8);
    expect(f.irqs[0].level).toBe(false);
    f.startDma(0, true);
    expect(f.dmaStatus(0)).toBe(4);
    expect(f.irqs[0].level).toBe(true);
    expect(f.status()).toBe(0x50);
    const disk = pattern(0x100000).subarray(8 * 512);
    expect(f.memory.bytes.subarray(0x10000, 0x10600)).toEqual(disk.subarray(0, 0x600));
    expect(f.memory.bytes.subarray(0x20000, 0x20a00)).toEqual(disk.subarray(0x600, 0x1000));
  });

  it('may be started before the host has the data', () => {
    const f = enabled({ isImmediate: false });
    f.descriptors([[0x10000, 512]]);
    f.lba28(0, 1, 0xc8);
    f.startDma(0, true);
    expect(f.dmaStatus(0)).toBe(1);
    f.disk.completeAll();
    expect(f.dmaStatus(0)).toBe(4);
    expect(f.memory.bytes.subarray(0x10000, 0x10200)).toEqual(pattern(512));
  });

  it('writes from memory and moves long transfers in pieces', () => {
    const f = enabled();
    const length = 0x28000;
    f.memory.bytes.fill(0x5a, 0x20000, 0x20000 + length);
    f.descriptors([
      [0x20000, 0x10000],
      [0x30000, 0x10000],
      [0x40000, 0x8000],
    ]);
    f.lba48(16, length / 512, 0x35);
    f.startDma(0, false);
    expect(f.dmaStatus(0)).toBe(4);
    expect(f.disk.bytes.subarray(16 * 512, 16 * 512 + length).every((byte) => byte === 0x5a)).toBe(true);
    expect(f.disk.log.map(({ length: bytes }) => bytes)).toEqual([0x10000, 0x10000, 0x8000]);
  });

  it('stops without an interrupt when descriptors end before the data', () => {
    const f = enabled();
    f.descriptors([[0x10000, 512]]);
    f.lba28(0, 4, 0xc8);
    f.startDma(0, true);
    expect(f.dmaStatus(0)).toBe(0);
    expect(f.irqs[0].level).toBe(false);
    expect(f.status() & 0x88).toBe(0);
  });

  it('stays active when descriptors go on after the data', () => {
    const f = enabled();
    f.descriptors([[0x10000, 4096]]);
    f.lba28(0, 1, 0xc8);
    f.startDma(0, true);
    expect(f.dmaStatus(0)).toBe(5);
  });

  it('PRD loops: a table without an end moves no more than the command', () => {
    const f = enabled({ diskBytes: 0x2000000 });
    // Every descriptor in 64 KiB says two bytes, none is the last.
    for (let i = 0; i < 0x2000; i++) {
      f.memory.writeU32(0x10000 + 8 * i, 0x100000);
      f.memory.writeU32(0x10004 + 8 * i, 2);
    }
    f.lba48(0, 0, 0x25);
    f.busMaster.writePort(4, 4, 0x10000);
    const before = f.memory.writes.length;
    f.busMaster.writePort(0, 1, 9);
    expect(f.memory.writes.length - before).toBe(0x2000);
    expect(f.dmaStatus(0) & 1).toBe(0);
    expect(f.status() & 0x88).toBe(0);
  });

  it('PRD addresses outside RAM read ones and drop writes', () => {
    const f = enabled();
    f.descriptors([[0xfffffffe, 512]]);
    f.lba28(0, 1, 0xc8);
    f.startDma(0, true);
    expect(f.dmaStatus(0)).toBe(4);
    f.descriptors([[0xfee00000, 512]]);
    f.lba28(0, 1, 0xca);
    f.busMaster.writePort(0, 1, 0);
    f.startDma(0, false);
    expect(f.disk.bytes.subarray(0, 512).every((byte) => byte === 0xff)).toBe(true);
    // A table outside RAM reads as ones: one last descriptor.
    f.busMaster.writePort(0, 1, 0);
    f.busMaster.writePort(4, 4, 0xfffffffc);
    f.lba28(0, 1, 0xc8);
    f.busMaster.writePort(0, 1, 9);
    expect(f.status() & 0x80).toBe(0);
  });

  it('DMA never starts while bus mastering is off', () => {
    const f = enabled();
    f.ide.config.writeConfig(0x04, 2, 1);
    f.descriptors([[0x10000, 512]]);
    f.lba28(0, 1, 0xc8);
    f.startDma(0, true);
    expect(f.memory.bytes[0x10001]).toBe(0);
    expect(f.irqs[0].level).toBe(false);
  });

  it('a table or transfer over the tables own memory ends', () => {
    const f = enabled();
    f.descriptors([[0x1000, 0x1000]]);
    f.lba28(0, 8, 0xc8);
    f.startDma(0, true);
    expect(f.status() & 0x80).toBe(0);
  });

  it('goes on after restore with the bus master not yet started', () => {
    const f = enabled();
    f.descriptors([[0x10000, 1024]]);
    f.lba28(3, 2, 0xc8);
    const g = new IdeFixture();
    g.ide.restore(structuredClone(f.ide.save()));
    g.descriptors([[0x10000, 1024]]);
    g.startDma(0, true);
    expect(g.dmaStatus(0)).toBe(4);
    expect(g.memory.bytes.subarray(0x10000, 0x10400)).toEqual(pattern(0x100000).subarray(1536, 2560));
  });
});

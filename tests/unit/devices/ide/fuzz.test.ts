import { describe, expect, it } from 'vitest';
import { piix3IdeState } from '../../../../src/devices/ide/piix3-ide';
import type { AccessSize } from '../../../../src/machine/device';
import { xorshift } from '../../../support/describe-device';
import { IdeFixture, pattern } from './fixture';

const COMMANDS = [
  ...[0x08, 0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39, 0x3d, 0x40, 0x90, 0x91, 0xa0, 0xa1, 0xc4, 0xc5, 0xc6],
  ...[0xc8, 0xca, 0xce, 0xe4, 0xe7, 0xe8, 0xec, 0xef],
];

/** A driver that does everything wrong, with a host that answers late, early or never. */
function torment(seed: number, steps: number): void {
  const random = xorshift(seed);
  const f = new IdeFixture({ diskBytes: 0x20000, cdBytes: 0x20000, isImmediate: false, slave: true }).enable();
  // A table that lies in the middle of where DMA goes.
  for (let i = 0; i < 64; i++) {
    f.memory.writeU32(0x1000 + 8 * i, (random() % 0x4000) & ~1);
    f.memory.writeU32(0x1004 + 8 * i, random() & (random() & 1 ? 0x8000ffff : 0xffff));
  }
  const ports = [f.disk, f.second!, f.cd];
  for (let step = 0; step < steps; step++) {
    const channel = random() & 1;
    switch (random() % 12) {
      case 0:
      case 1:
        f.out(channel, 1 + (random() % 6), random() & (random() & 1 ? 3 : 0xff));
        break;
      case 2:
        f.out(channel, 7, COMMANDS[random() % COMMANDS.length]!);
        break;
      case 3: {
        const size = (random() & 1 ? 2 : 4) as AccessSize;
        for (let i = random() % 600; i > 0; i--) f.commands[channel]!.readPort(0, size);
        break;
      }
      case 4:
        for (let i = random() % 600; i > 0; i--) f.commands[channel]!.writePort(0, 2, random() & 0xffff);
        break;
      case 5:
        f.packet(
          Array.from({ length: 12 }, (_, i) => (i === 0 || random() & 1 ? random() & 0xff : 0)),
          random() & 0xffff,
          random() & 3,
        );
        break;
      case 6:
        f.startDma(channel, (random() & 1) !== 0);
        break;
      case 7:
        f.busMaster.writePort(random() % 16, 1, random() & 0xff);
        f.busMaster.writePort(4, 4, 0x1000);
        f.busMaster.writePort(12, 4, 0x1000);
        break;
      case 8:
        if ((random() & 7) === 0) f.controls[channel]!.writePort(0, 1, random() & 0xff);
        f.controls[channel]!.writePort(0, 1, 0);
        break;
      case 9:
        for (const port of ports) if (port.pending > 0) port.completeOne();
        break;
      case 10:
        if ((random() & 15) === 0) f.cd.insert(random() & 1 ? undefined : pattern(0x8000), true);
        if ((random() & 63) === 0) {
          f.ide.reset();
          f.enable();
        }
        break;
      default:
        f.status(channel);
        break;
    }
  }
  for (let i = 0; i < 10_000 && ports.some((port) => port.pending > 0); i++) {
    for (const port of ports) if (port.pending > 0) port.completeOne();
  }
  const state = f.ide.save();
  expect(piix3IdeState.check(structuredClone(state))).toBe(true);
  for (const port of ports) expect(port.pending).toBe(0);
  expect(f.disk.bytes).toHaveLength(0x20000);
}

describe('IDE under torment', () => {
  it('neither throws nor hangs nor grows', () => {
    for (let seed = 1; seed <= 12; seed++) torment(seed * 7919, 1500);
  });
});

import { vgaState } from '../../../src/devices/vga/state';
import { type FakeVram, MODE_12, MODE_13, MODE_3, MODE_4, MODE_X, VgaFixture } from '../vga-fixture';
import { deviceState, type FuzzRange, type FuzzSubject, mmioRange, pciRange, portRange } from './fuzz-device';
import type { FuzzRandom } from './fuzz-random';

/** Pictures larger than this are not drawn by the fuzzer. */
const LARGEST_PICTURE = 640 * 480;

export const displaySubjects: readonly FuzzSubject[] = [
  {
    name: 'vga',
    make: (random) => {
      const fixture = new VgaFixture({ rom: new Uint8Array(0x8000) });
      const { device } = fixture;
      const draw = (): void => {
        const { width, height } = device.screen.mode();
        if (!(width > 0 && height > 0 && width * height < 1 << 26)) throw new Error(`a screen of ${width} x ${height}`);
        if (width * height > LARGEST_PICTURE) return;
        const picture = new Uint32Array(width * height);
        for (const rect of device.screen.renderDirty(picture, random.oneIn(2))) {
          if (rect.x < 0 || rect.y < 0 || rect.x + rect.width > width || rect.y + rect.height > height)
            throw new Error('a rectangle lies outside of the picture');
        }
      };
      const still = (): void => {
        const { width, height } = device.screen.mode();
        if (width * height > LARGEST_PICTURE) return;
        device.screen.renderStill(new Uint32Array(width * height));
        device.screen.readText();
        void device.screen.cursor;
        device.screen.nextChangeNs();
      };
      const registers: readonly (readonly [port: number, count: number])[] = [
        [0x3c4, 5],
        [0x3ce, 9],
        [0x3d4, 25],
      ];
      const memory: FuzzRange = mmioRange(device.window, 0x20000);
      return {
        ranges: [
          portRange(device.ports, 0x30),
          portRange(device.dispiPorts, 4),
          memory,
          memory,
          pciRange(device.config),
        ],
        clock: fixture.clock,
        acts: [
          (r: FuzzRandom) => fixture.set(r.pick([MODE_3, MODE_4, MODE_12, MODE_13, MODE_X])),
          (r: FuzzRandom) => {
            const [port, count] = r.pick(registers);
            fixture.outw(port, r.below(count), r.value(1));
          },
          (r: FuzzRandom) => {
            const [port, count] = r.pick(registers);
            fixture.outw(port, r.below(count), r.byte());
          },
          (r: FuzzRandom) => fixture.attr(r.below(0x20), r.value(1)),
          // a display of any size, offset and bank
          (r: FuzzRandom) => fixture.dispi(r.below(14), r.value(2)),
          (r: FuzzRandom) => {
            fixture.vbe(
              r.pick([320, 640, 1024, r.value(2)]),
              r.pick([200, 480, r.value(2)]),
              r.pick([4, 8, 15, 16, 24, 32, 7]),
            );
            fixture.dispi(5, r.value(2));
            for (const index of [6, 7, 8, 9]) if (r.oneIn(2)) fixture.dispi(index, r.value(2));
          },
          () => draw(),
          () => still(),
          (r: FuzzRandom) => {
            const vram: FakeVram = fixture.vram;
            vram.poke(r.below(vram.size - 4), r.byte(), r.byte(), r.byte(), r.byte());
          },
        ],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, vgaState),
      };
    },
  },
];

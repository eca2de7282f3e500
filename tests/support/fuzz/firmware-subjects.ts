import { FwCfg, fwCfgState } from '../../../src/devices/fw-cfg/fw-cfg';
import { deviceState, type FuzzSubject, portRange } from './fuzz-device';
import { anyGpa, TrapMemory } from './trap-memory';

export const firmwareSubjects: readonly FuzzSubject[] = [
  {
    name: 'fw-cfg',
    make: (random) => {
      const memory = new TrapMemory(random);
      const device = new FwCfg('fw-cfg', memory);
      device.addItem(5, Uint8Array.of(1, 0));
      device.addFile('etc/large', new Uint8Array(3 << 20));
      device.addFile('etc/writable', new Uint8Array(5000), { isWritable: true });
      const transfer = (): void => {
        const at = random.pick([0x2000, 0x17fffc, 0x180000, anyGpa(random)]);
        const control = (random.below(0x24) << 16) | random.pick([0x0a, 0x0c, 0x18, 0x02, 0x04, 0x10, random.byte()]);
        const big = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
        const length = random.pick([0, 1, 16, 5000, 3 << 20, random.value(4)]);
        const request = [
          ...big(control),
          ...big(length),
          ...big(random.oneIn(9) ? random.value(4) : 0),
          ...big(anyGpa(random)),
        ];
        memory.ram.write(at, Uint8Array.from(request));
        memory.ram.writes.length = 0;
        device.writePort(4, 4, random.oneIn(9) ? random.value(4) : 0);
        device.writePort(8, 4, swap(at));
      };
      memory.onTrap = () => {
        transfer();
        device.writePort(0, 2, random.below(0x24));
      };
      return {
        ranges: [portRange(device, 12)],
        acts: [transfer, transfer, () => device.writePort(0, 2, random.below(0x24))],
        reset: () => device.reset(),
        saveAndRestore: deviceState(device, fwCfgState),
      };
    },
  },
];

function swap(value: number): number {
  return (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

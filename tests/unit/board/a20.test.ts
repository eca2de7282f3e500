import { describe, expect, it } from 'vitest';
import { TestPc } from '../../support/test-pc';

const COMMAND = 0x64;
const CLOSE = 0xdd;
const OPEN = 0xdf;

function make() {
  const { pc } = new TestPc();
  return {
    pc,
    write: (port: number, value: number): void => pc.bus.writePort(port, 1, value),
    port92: (): number => pc.bus.readPort(0x92, 1) & 2,
    isOpen: (): unknown => (pc.save().get('a20') as { keyboard: boolean }).keyboard,
  };
}

describe('the A20 gate', () => {
  it('is open after a reset', () => {
    const { pc, write, isOpen } = make();
    expect(isOpen()).toBe(true);
    write(COMMAND, CLOSE);
    pc.reset();
    expect(isOpen()).toBe(true);
  });

  it('is closed by the keyboard controller though port 92 opened it, as extended memory managers need', () => {
    const { write, port92, isOpen } = make();
    write(0x92, 2);
    expect([isOpen(), port92()]).toEqual([true, 2]);
    write(COMMAND, CLOSE);
    expect([isOpen(), port92()]).toEqual([false, 0]);
    write(0x92, 2);
    expect([isOpen(), port92()]).toEqual([true, 2]);
    write(0x92, 0);
    expect(isOpen()).toBe(false);
    write(COMMAND, OPEN);
    expect([isOpen(), port92()]).toEqual([true, 2]);
  });

  it('is as it was after a restore', () => {
    const { pc, write } = make();
    write(COMMAND, CLOSE);
    const other = make();
    other.pc.restore(pc.save());
    expect([other.isOpen(), other.port92()]).toEqual([false, 0]);
  });
});

import { IoApic } from '../devices/ioapic/ioapic';
import { ApicBus } from '../devices/lapic/apic-bus';
import type { InterruptMessageBus } from '../machine/interrupt-message';
import { Lapic } from '../devices/lapic/lapic';
import { Pic } from '../devices/pic/pic';
import type { VcpuTurns } from './vcpu-turns';
import type { GuestClock } from '../machine/clock';
import { type InterruptLine, SharedLine } from '../machine/interrupt-line';
import { allOnes, type MmioHandler } from '../machine/device';
import type { MmioBus } from '../machine/mmio-bus';

const IOAPIC_BASE = 0xfec00000;
const PAGE = 4096;
/** IRQ 0 of the PIT is wired to I/O APIC input 2, as the MADT's override says. */
const TIMER_PIN = 2;

/** PICs, local APICs and I/O APIC, and the ISA interrupt wires that lead to both kinds. */
export class InterruptControllers {
  readonly pic: Pic;
  readonly ioApic: IoApic;
  readonly lapics: readonly Lapic[];
  /** Where message signalled interrupts go. */
  readonly messages: InterruptMessageBus;
  readonly #isa: SharedLine[] = [];
  readonly #lapicBases: (number | undefined)[] = [];

  constructor(
    private readonly turns: VcpuTurns,
    clock: GuestClock,
    mmio: MmioBus,
    tscToNs: (vcpu: number, tsc: bigint) => number,
  ) {
    const bus = new ApicBus((vector) => this.ioApic.endOfInterrupt(vector));
    this.messages = bus;
    this.ioApic = new IoApic('ioapic', { bus });
    mmio.map('ioapic', IOAPIC_BASE, PAGE, this.ioApic);
    this.lapics = turns.vcpus.map((vcpu, index) => {
      const lapic: Lapic = new Lapic(`lapic${index}`, index, clock, {
        intr: { set: (level) => vcpu.setInterrupt(level) },
        nmi: () => vcpu.nmi(),
        smi: () => vcpu.smi(),
        init: () => vcpu.init(),
        startup: (vector) => vcpu.startup(vector),
        bus,
        mapped: (base) => {
          this.#lapicBases[index] = base;
          mmio.map(`lapic${index}`, base, PAGE, this.#lapicPage(index));
        },
        ipiSent: () => turns.yieldTurn(),
        tscToNs: (tsc) => tscToNs(index, tsc),
      });
      bus.add(lapic);
      return lapic;
    });
    this.pic = new Pic('pic', { intr: { set: (level) => this.lapics.forEach((lapic) => lapic.lint0.set(level)) } });
    for (let irq = 0; irq < 16; irq++) {
      const pic = irq === 2 ? undefined : this.pic.line(irq);
      const pin = irq === 2 ? undefined : this.ioApic.line(irq === 0 ? TIMER_PIN : irq);
      this.#isa.push(
        new SharedLine({
          set: (level) => {
            pic?.set(level);
            pin?.set(level);
          },
        }),
      );
    }
  }

  /** The page at a local APIC's base. It answers a vCPU with that one's own registers, if that one has its page here too. */
  #lapicPage(index: number): MmioHandler {
    const asked = (): Lapic | undefined => {
      const { index: running } = this.turns.current;
      return this.#lapicBases[running] === this.#lapicBases[index] ? this.lapics[running] : undefined;
    };
    return {
      readMmio: (offset, size) => asked()?.readMmio(offset, size) ?? allOnes(size),
      writeMmio: (offset, size, value) => asked()?.writeMmio(offset, size, value),
    };
  }

  /** A new driver of an I/O APIC input; those of ISA interrupts share the ISA wire. */
  pin(input: number): InterruptLine {
    if (input === TIMER_PIN) return this.isa(0);
    return input < 16 ? this.isa(input) : this.ioApic.line(input);
  }

  /** A new driver of ISA interrupt `irq`. */
  isa(irq: number): InterruptLine {
    return (this.#isa[irq] as SharedLine).driver();
  }

  /** The vector that the vCPU takes, or undefined when there is none any more. */
  acknowledge(vcpu: number): number | undefined {
    const vector = this.lapics[vcpu]?.acknowledge();
    return vector === 'pic' ? this.pic.acknowledge() : vector;
  }
}

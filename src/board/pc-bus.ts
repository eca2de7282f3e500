import type { GuestBus } from '../cpu/backend';
import type { AccessSize } from '../machine/device';
import type { Gpa } from '../machine/guest-memory';
import type { InputGate } from '../machine/inputs';
import type { InterruptLine } from '../machine/interrupt-line';
import type { MmioBus } from '../machine/mmio-bus';
import type { PortBus } from '../machine/port-bus';
import type { InterruptControllers } from './interrupts';

/** What the vCPUs reach through their pins: ports, device memory, interrupt controllers. */
export class PcBus implements GuestBus {
  constructor(
    private readonly ports: PortBus,
    private readonly mmio: MmioBus,
    private readonly interrupts: InterruptControllers,
    private readonly inputs: InputGate,
    private readonly coprocessorIrq: InterruptLine,
    private readonly smiact: InterruptLine,
  ) {}

  readPort(port: number, size: AccessSize): number {
    return this.ports.readPort(port, size);
  }

  writePort(port: number, size: AccessSize, value: number): void {
    this.ports.writePort(port, size, value);
  }

  readMmio(gpa: Gpa, size: AccessSize): number {
    return this.mmio.readMmio(gpa, size);
  }

  writeMmio(gpa: Gpa, size: AccessSize, value: number): void {
    this.mmio.writeMmio(gpa, size, value);
  }

  acknowledgeInterrupt(vcpu: number): number | undefined {
    return this.interrupts.acknowledge(vcpu);
  }

  readTaskPriority(vcpu: number): number {
    return this.interrupts.lapics[vcpu]?.readTaskPriority() ?? 0;
  }

  writeTaskPriority(vcpu: number, value: number): void {
    this.interrupts.lapics[vcpu]?.writeTaskPriority(value);
  }

  readMsr(vcpu: number, index: number): bigint | undefined {
    return this.interrupts.lapics[vcpu]?.readMsr(index);
  }

  writeMsr(vcpu: number, index: number, value: bigint): boolean {
    return this.interrupts.lapics[vcpu]?.writeMsr(index, value) ?? false;
  }

  random(): number {
    return this.inputs.random();
  }

  /**
   * IRQ 13 follows FERR# itself. The flip-flop behind port 0xF0, which holds it back until the handler has cleared the error, is not
   * modelled: the interrupt is edge-triggered, and handlers clear the error before they return.
   */
  coprocessorError(vcpu: number, level: boolean): void {
    if (vcpu === 0) this.coprocessorIrq.set(level);
  }

  performanceOverflow(vcpu: number): void {
    this.interrupts.lapics[vcpu]?.performanceOverflow();
  }

  systemManagement(isActive: boolean): void {
    this.smiact.set(isActive);
  }
}

import type { InterruptLine, SignalLine } from './interrupt-line';
import type { AccessSize, MmioHandler, PortHandler } from './device';

/** Bus 0 only: device 0..31, function 0..7. */
export interface PciAddress {
  readonly device: number;
  readonly function: number;
}

/** A PCI function as the host bridge sees it: its 256 bytes of configuration space. */
export interface PciFunction {
  readConfig(register: number, size: AccessSize): number;
  writeConfig(register: number, size: AccessSize, value: number): void;
}

/** How a function asks the board to move its BAR: undefined unmaps. Implemented by the board over the two buses. */
export interface BarMapper {
  mapPorts(name: string, at: number | undefined, size: number, handler: PortHandler): void;
  mapMmio(name: string, at: number | undefined, size: number, handler: MmioHandler): void;
  /** Plain memory (VRAM) at an address, through the slot table. */
  mapMemory(name: string, at: number | undefined, size: number, offset: number): void;
}

export interface PciWires {
  /** INTA# of the function; level-triggered, active here means asserted. */
  readonly intx: InterruptLine;
  readonly bars: BarMapper;
}

export type { InterruptLine, SignalLine };

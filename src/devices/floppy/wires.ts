import type { GuestClock } from '../../machine/clock';
import type { InterruptLine } from '../../machine/interrupt-line';
import type { IsaDmaChannel } from '../../machine/isa-dma';

export interface FloppyWires {
  /** ISA interrupt 6, edge-triggered. */
  readonly irq: InterruptLine;
  /** ISA DMA channel 2. */
  readonly dma: IsaDmaChannel;
  readonly clock: GuestClock;
}

import { isPciConfigState, type PciConfigState } from '../../machine/pci-config';
import { defineState, isBytes, isRecord, isUint } from '../../machine/saved-state';
import type { DispiRegisters } from './dispi';
import { ATTRIBUTE_COUNT, CRTC_COUNT, GRAPHICS_COUNT, SEQUENCER_COUNT } from './registers';

/** Video memory is not in here: it is saved with the memory. */
export interface VgaState {
  readonly config: PciConfigState;
  readonly dispi: DispiState;
  readonly misc: number;
  readonly feature: number;
  readonly subsystemEnable: number;
  readonly seqIndex: number;
  readonly seq: Uint8Array;
  readonly gcIndex: number;
  readonly gc: Uint8Array;
  readonly crtcIndex: number;
  readonly crtc: Uint8Array;
  readonly attrIndex: number;
  readonly attrIsData: boolean;
  readonly attr: Uint8Array;
  readonly pelMask: number;
  readonly dacState: number;
  readonly dacReadIndex: number;
  readonly dacWriteIndex: number;
  readonly dacComponent: number;
  readonly dacPending: Uint8Array;
  readonly dac: Uint8Array;
  readonly latch: number;
}

export type DispiState = Readonly<DispiRegisters>;

function isDispiState(value: unknown): value is DispiState {
  return (
    isRecord(value) &&
    isUint(value.index, 0xffff) &&
    isUint(value.id, 0xffff) &&
    isUint(value.xres, 0xffff) &&
    isUint(value.yres, 0xffff) &&
    (value.bpp === 4 ||
      value.bpp === 8 ||
      value.bpp === 15 ||
      value.bpp === 16 ||
      value.bpp === 24 ||
      value.bpp === 32) &&
    isUint(value.enable, 0xff) &&
    isUint(value.readBank, 0x1ff) &&
    isUint(value.writeBank, 0x1ff) &&
    isUint(value.virtWidth, 0xffff) &&
    isUint(value.xOffset, 0xffff) &&
    isUint(value.yOffset, 0xffff)
  );
}

export const vgaState = defineState<VgaState>({
  kind: 'vga',
  version: 1,
  check: (value): value is VgaState =>
    isRecord(value) &&
    isPciConfigState(value.config) &&
    isDispiState(value.dispi) &&
    isUint(value.misc, 0xff) &&
    isUint(value.feature, 0xff) &&
    isUint(value.subsystemEnable, 0xff) &&
    isUint(value.seqIndex, 7) &&
    isBytes(value.seq, SEQUENCER_COUNT) &&
    isUint(value.gcIndex, 15) &&
    isBytes(value.gc, GRAPHICS_COUNT) &&
    isUint(value.crtcIndex, 0xff) &&
    isBytes(value.crtc, CRTC_COUNT) &&
    isUint(value.attrIndex, 0x3f) &&
    typeof value.attrIsData === 'boolean' &&
    isBytes(value.attr, ATTRIBUTE_COUNT) &&
    isUint(value.pelMask, 0xff) &&
    isUint(value.dacState, 3) &&
    isUint(value.dacReadIndex, 0xff) &&
    isUint(value.dacWriteIndex, 0xff) &&
    isUint(value.dacComponent, 2) &&
    isBytes(value.dacPending, 3) &&
    isBytes(value.dac, 768) &&
    isUint(value.latch),
});

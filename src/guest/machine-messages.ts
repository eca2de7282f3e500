import type { MachineInput } from '../machine/inputs';
import type { Rect, ScreenMode } from '../machine/screen';
import type { KeyStroke } from '../protocol/guest';
import type { DeadEnd } from '../protocol/console';
import type { StopCause } from './machine-loop';

/** The screen of a guest that has ended, which is answered unasked. Questions count from 1. */
export const LAST_PICTURE = 0;

/**
 * What crosses the two rings. Bytes named in a comment travel as the record's byte part: `data` fields of inputs never
 * stand in the JSON.
 */
export type ToMachine =
  /** bytes: the input's `data` or `bytes` where it has one. */
  | { readonly t: 'input'; readonly input: MachineInput }
  /** Keys of a user: they wait in order until the guest's keyboard can take them. */
  | { readonly t: 'keys'; readonly strokes: readonly KeyStroke[] }
  /** bytes: packed strokes (packStrokes). Answered when the last one has entered the machine. */
  | { readonly t: 'type'; readonly id: number }
  | { readonly t: 'pause' }
  | { readonly t: 'resume' }
  | { readonly t: 'stop' }
  /** Saves once all disk requests are drained; only while paused. Answered by 'saved'. */
  | { readonly t: 'save'; readonly id: number }
  /** The host side copied the last frame and can take another; `full` asks for the whole screen. */
  | { readonly t: 'frameWanted'; readonly full: boolean }
  | { readonly t: 'screenText'; readonly id: number }
  /** Answered by 'part's of RGBA bytes and an 'answer' of width and height. */
  | { readonly t: 'screenPicture'; readonly id: number }
  /** Answered by 'part's of packed inputs and an 'answer'. */
  | { readonly t: 'recording'; readonly id: number }
  | { readonly t: 'stats'; readonly id: number };

export type ToHost =
  | { readonly t: 'ready' }
  /** bytes: the data of a write. */
  | {
      readonly t: 'disk';
      readonly port: string;
      readonly request: number;
      readonly op: 'read' | 'write' | 'flush';
      readonly offset: number;
      readonly length: number;
    }
  | { readonly t: 'eject'; readonly port: string }
  | { readonly t: 'locked'; readonly port: string; readonly locked: boolean }
  /** bytes: what the guest sent. */
  | { readonly t: 'serial'; readonly port: number }
  /** bytes: what the guest printed. */
  | { readonly t: 'parallel' }
  /** bytes: what the guest wrote to a tapped I/O port. */
  | { readonly t: 'tap'; readonly port: number }
  /** Pixels lie in the shared frame buffer, rows of `mode.width`. */
  | { readonly t: 'frame'; readonly mode: ScreenMode; readonly rects: readonly Rect[] }
  | { readonly t: 'running' }
  | { readonly t: 'paused'; readonly count: number }
  /** bytes: the encoded device and CPU state. */
  | { readonly t: 'saved'; readonly id: number; readonly error?: string }
  | { readonly t: 'answer'; readonly id: number; readonly value: unknown }
  /** bytes: the next part of a long answer. */
  | { readonly t: 'part'; readonly id: number }
  /** bytes: the CMOS memory, when it changed. */
  | { readonly t: 'nvram' }
  | { readonly t: 'hash'; readonly count: number; readonly hash: string }
  | { readonly t: 'leds'; readonly leds: number }
  /** bytes: what the guest's speaker played, signed 16-bit samples. */
  | { readonly t: 'sound'; readonly rate: number }
  /** The guest understands an absolute pointer (or no longer does). */
  | { readonly t: 'pointerMode'; readonly absolute: boolean }
  | { readonly t: 'deadEnd'; readonly found: DeadEnd }
  | { readonly t: 'restarted' }
  /** The guest waits for the files of its kernel. */
  | { readonly t: 'kernelWanted' }
  /** Unless the host stopped it, LAST_PICTURE is answered before. */
  | { readonly t: 'stopped'; readonly cause: StopCause };

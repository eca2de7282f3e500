/**
 * String instructions. Each iteration of a REP form counts as one instruction; registers and COUNT are exact at every iteration
 * boundary, so faults, interrupts and the end of a slice need nothing special. Where both pages are plain memory, MOVS and STOS
 * run in bulk up to the next page border.
 */
import { SEG_LIMIT, linearSeg, segAt } from './address';
import { FLAG_DF, SEG_ES } from './control';
import { noteSurplus } from './counters';
import { flagZf, setFlagsSub } from './flags';
import { ioPermission, portRead, portWrite } from './io';
import {
  BLOCK_INSTRUCTIONS_MAX,
  MODE_FLAT,
  OPF_REP,
  OP_SIZE,
  S_COUNT,
  S_EFLAGS,
  S_GPR,
  S_LIMIT,
  S_MODE,
  S_UNTIL,
} from './layout.generated';
import { plainRead, plainWrite, probeWrite, readSized, writeSized } from './memory';
import { opAddressSize, opFlags, opHasRep, opIndex, opSeg, opSize, writeRegister } from './ops';
import { resumeWithin } from './resume-flag';
import { leaveHere, leaveNow } from './run';

const RAX: usize = S_GPR;
const RCX: usize = S_GPR + 8;
const RDX: usize = S_GPR + 16;
const RSI: usize = S_GPR + 48;
const RDI: usize = S_GPR + 56;

// @ts-ignore: decorator
@inline
function addressMask(op: usize): u64 {
  const size = opAddressSize(op);
  return size == 8 ? ~0 : size == 4 ? 0xffffffff : 0xffff;
}

// @ts-ignore: decorator
@inline
function step(s: usize, size: u32): u64 {
  return load<u32>(s, S_EFLAGS) & FLAG_DF ? 0 - <u64>size : <u64>size;
}

/** Moves an index register; 32-bit addresses clear its upper half. */
// @ts-ignore: decorator
@inline
function advance(s: usize, register: usize, mask: u64, delta: u64): void {
  const value = load<u64>(s + register) + delta;
  if (mask == 0xffff) store<u16>(s + register, <u16>value);
  else store<u64>(s + register, value & mask);
}

/** Iterations that may still run before COUNT reaches UNTIL; at least 1. */
// @ts-ignore: decorator
@inline
function budget(s: usize, op: usize): u64 {
  return load<u64>(s, S_UNTIL) - load<u64>(s, S_COUNT) - opIndex(op);
}

/** `done` iterations have run, `left` remain: 0 = go on, else the op to return. */
function account(s: usize, op: usize, mask: u64, done: u64): usize {
  advance(s, RCX, mask, 0 - done);
  if ((load<u64>(s, RCX) & mask) == 0) return finish(s, op, done);
  store<u64>(s, load<u64>(s, S_COUNT) + done, S_COUNT);
  noteSurplus(s, done);
  if (load<u64>(s, S_LIMIT) != 0 && load<u64>(s, S_COUNT) + opIndex(op) < load<u64>(s, S_UNTIL)) return 0;
  return stop(s, op);
}

/** Out of the REP instruction before it is finished. 0 would mean to go on: the caller returns through STOPPED. */
const STOPPED: usize = 1;
function stop(s: usize, op: usize): usize {
  resumeWithin(s, opIndex(op));
  const next = leaveHere(s, op);
  return next == 0 ? STOPPED : next;
}

/** The last `done` iterations have run. The rest of the block must fit before UNTIL. */
function finish(s: usize, op: usize, done: u64): usize {
  const count = load<u64>(s, S_COUNT) + done - 1;
  store<u64>(s, count, S_COUNT);
  noteSurplus(s, done - 1);
  if (count + <u64>BLOCK_INSTRUCTIONS_MAX <= load<u64>(s, S_UNTIL)) return op + OP_SIZE;
  const next = leaveNow(s, op);
  return next == 0 ? STOPPED : next;
}

// @ts-ignore: decorator
@inline
function result(next: usize): usize {
  return next == STOPPED ? 0 : next;
}

/** Bytes from `offset` that may be touched at once: to the end of the linear page, the address size and the segment. */
function room(s: usize, seg: u32, offset: u64, linear: u64, mask: u64): u64 {
  let bytes = 4096 - (linear & 0xfff);
  const toWrap = mask - offset; // plus one, left away against overflow
  if (toWrap < bytes) bytes = toWrap;
  if (!(load<u32>(s, S_MODE) & MODE_FLAT)) {
    const limit = <u64>load<u32>(segAt(s, seg), SEG_LIMIT);
    if (offset > limit) return 0;
    if (limit - offset < bytes) bytes = limit - offset;
  }
  return bytes;
}

// @ts-ignore: decorator
@inline
function min(a: u64, b: u64): u64 {
  return a < b ? a : b;
}

function copyElements(to: usize, from: usize, bytes: usize, size: u32): void {
  if (to - from >= bytes) {
    memory.copy(to, from, bytes);
    return;
  }
  // the regions overlap so that later elements read what earlier ones wrote
  for (let i: usize = 0; i < bytes; i += size) {
    if (size == 1) store<u8>(to + i, load<u8>(from + i));
    else if (size == 2) store<u16>(to + i, load<u16>(from + i));
    else if (size == 4) store<u32>(to + i, load<u32>(from + i));
    else store<u64>(to + i, load<u64>(from + i));
  }
}

function moveOne(s: usize, op: usize, mask: u64, size: u32): void {
  const source = linearSeg(s, op, opSeg(op), load<u64>(s, RSI) & mask, size, false);
  const value = readSized(s, op, source, size);
  writeSized(s, op, linearSeg(s, op, SEG_ES, load<u64>(s, RDI) & mask, size, true), size, value);
  const delta = step(s, size);
  advance(s, RSI, mask, delta);
  advance(s, RDI, mask, delta);
}

export function stringMovs(s: usize, op: usize): usize {
  const mask = addressMask(op);
  const size = opSize(op);
  if (!opHasRep(op)) {
    moveOne(s, op, mask, size);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  let next: usize = 0;
  while (next == 0) {
    next = account(s, op, mask, moveMany(s, op, mask, size));
  }
  return result(next);
}

/** One or more elements; gives their number. */
function moveMany(s: usize, op: usize, mask: u64, size: u32): u64 {
  const left = min(load<u64>(s, RCX) & mask, budget(s, op));
  if (left >= 4 && !(load<u32>(s, S_EFLAGS) & FLAG_DF)) {
    const from = load<u64>(s, RSI) & mask;
    const to = load<u64>(s, RDI) & mask;
    const source = linearSeg(s, op, opSeg(op), from, size, false);
    const target = linearSeg(s, op, SEG_ES, to, size, true);
    const bytes = min(room(s, opSeg(op), from, source, mask), room(s, SEG_ES, to, target, mask));
    const count = min(bytes / size, left);
    if (count > 1) {
      const source0 = plainRead(s, op, source);
      const target0 = plainWrite(s, op, target);
      // the second translation may have displaced the first one's entry, never its meaning
      if (source0 != 0 && target0 != 0) {
        const length = count * size;
        copyElements(target0, source0, <usize>length, size);
        advance(s, RSI, mask, length);
        advance(s, RDI, mask, length);
        return count;
      }
    }
  }
  moveOne(s, op, mask, size);
  return 1;
}

function storeOne(s: usize, op: usize, mask: u64, size: u32): void {
  writeSized(s, op, linearSeg(s, op, SEG_ES, load<u64>(s, RDI) & mask, size, true), size, load<u64>(s, RAX));
  advance(s, RDI, mask, step(s, size));
}

function fillElements(to: usize, bytes: usize, size: u32, value: u64): void {
  const low = value & 0xff;
  const same =
    size == 1 ||
    (size == 2 && (value & 0xffff) == low * 0x101) ||
    (size == 4 && (value & 0xffffffff) == low * 0x1010101) ||
    (size == 8 && value == low * 0x101010101010101);
  if (same) {
    memory.fill(to, <u8>low, bytes);
    return;
  }
  for (let i: usize = 0; i < bytes; i += size) {
    if (size == 2) store<u16>(to + i, <u16>value);
    else if (size == 4) store<u32>(to + i, <u32>value);
    else store<u64>(to + i, value);
  }
}

function storeMany(s: usize, op: usize, mask: u64, size: u32): u64 {
  const left = min(load<u64>(s, RCX) & mask, budget(s, op));
  if (left >= 4 && !(load<u32>(s, S_EFLAGS) & FLAG_DF)) {
    const to = load<u64>(s, RDI) & mask;
    const target = linearSeg(s, op, SEG_ES, to, size, true);
    const count = min(room(s, SEG_ES, to, target, mask) / size, left);
    if (count > 1) {
      const target0 = plainWrite(s, op, target);
      if (target0 != 0) {
        const length = count * size;
        fillElements(target0, <usize>length, size, load<u64>(s, RAX));
        advance(s, RDI, mask, length);
        return count;
      }
    }
  }
  storeOne(s, op, mask, size);
  return 1;
}

export function stringStos(s: usize, op: usize): usize {
  const mask = addressMask(op);
  const size = opSize(op);
  if (!opHasRep(op)) {
    storeOne(s, op, mask, size);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  let next: usize = 0;
  while (next == 0) next = account(s, op, mask, storeMany(s, op, mask, size));
  return result(next);
}

function loadOne(s: usize, op: usize, mask: u64, size: u32): void {
  const source = linearSeg(s, op, opSeg(op), load<u64>(s, RSI) & mask, size, false);
  writeRegister(s, RAX, size, readSized(s, op, source, size));
  advance(s, RSI, mask, step(s, size));
}

export function stringLods(s: usize, op: usize): usize {
  const mask = addressMask(op);
  const size = opSize(op);
  if (!opHasRep(op)) {
    loadOne(s, op, mask, size);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  let next: usize = 0;
  while (next == 0) {
    loadOne(s, op, mask, size);
    next = account(s, op, mask, 1);
  }
  return result(next);
}

// @ts-ignore: decorator
@inline
function cut(value: u64, size: u32): u64 {
  return size == 8 ? value : value & (((<u64>1) << (size << 3)) - 1);
}

/** Compares [rSI] or the accumulator with ES:[rDI] and moves the indices. */
function compareOne(s: usize, op: usize, mask: u64, size: u32, scan: bool): void {
  let a: u64 = 0;
  if (scan) a = cut(load<u64>(s, RAX), size);
  else a = readSized(s, op, linearSeg(s, op, opSeg(op), load<u64>(s, RSI) & mask, size, false), size);
  const b = readSized(s, op, linearSeg(s, op, SEG_ES, load<u64>(s, RDI) & mask, size, false), size);
  const delta = step(s, size);
  if (!scan) advance(s, RSI, mask, delta);
  advance(s, RDI, mask, delta);
  setFlagsSub(s, size << 3, a, b);
}

function compare(s: usize, op: usize, scan: bool): usize {
  const mask = addressMask(op);
  const size = opSize(op);
  if (!opHasRep(op)) {
    compareOne(s, op, mask, size, scan);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  const whileEqual: u32 = opFlags(op) & OPF_REP ? 1 : 0;
  let next: usize = 0;
  while (next == 0) {
    compareOne(s, op, mask, size, scan);
    if (flagZf(s) != whileEqual) {
      advance(s, RCX, mask, ~0);
      next = finish(s, op, 1);
    } else next = account(s, op, mask, 1);
  }
  return result(next);
}

export function stringCmps(s: usize, op: usize): usize {
  return compare(s, op, false);
}

export function stringScas(s: usize, op: usize): usize {
  return compare(s, op, true);
}

/** Ports are 1, 2 or 4 bytes wide. */
// @ts-ignore: decorator
@inline
function portSize(op: usize): u32 {
  const size = opSize(op);
  return size == 8 ? 4 : size;
}

function inputOne(s: usize, op: usize, mask: u64, size: u32): void {
  const target = linearSeg(s, op, SEG_ES, load<u64>(s, RDI) & mask, size, true);
  probeWrite(s, op, target, size);
  writeSized(s, op, target, size, <u64>portRead(s, op, load<u32>(s, RDX) & 0xffff, size));
  advance(s, RDI, mask, step(s, size));
}

export function stringIns(s: usize, op: usize): usize {
  const mask = addressMask(op);
  const size = portSize(op);
  ioPermission(s, op, load<u32>(s, RDX) & 0xffff, size);
  if (!opHasRep(op)) {
    inputOne(s, op, mask, size);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  let next: usize = 0;
  while (next == 0) {
    inputOne(s, op, mask, size);
    next = account(s, op, mask, 1);
  }
  return result(next);
}

function outputOne(s: usize, op: usize, mask: u64, size: u32): void {
  const source = linearSeg(s, op, opSeg(op), load<u64>(s, RSI) & mask, size, false);
  portWrite(s, op, load<u32>(s, RDX) & 0xffff, size, <u32>readSized(s, op, source, size));
  advance(s, RSI, mask, step(s, size));
}

export function stringOuts(s: usize, op: usize): usize {
  const mask = addressMask(op);
  const size = portSize(op);
  ioPermission(s, op, load<u32>(s, RDX) & 0xffff, size);
  if (!opHasRep(op)) {
    outputOne(s, op, mask, size);
    return op + OP_SIZE;
  }
  if ((load<u64>(s, RCX) & mask) == 0) return op + OP_SIZE;
  let next: usize = 0;
  while (next == 0) {
    outputOne(s, op, mask, size);
    next = account(s, op, mask, 1);
  }
  return result(next);
}

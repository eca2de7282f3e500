/** What TypeScript calls (../core-exports.ts). Everything takes the state base of a vCPU. */
export { run } from '../../../../build/out/gen/interpreter';
export { reloadPdptes } from './control-ops';
export { deliverDebugTrap, deliverException, deliverInterrupt, deliverNmi } from './deliver';
export { readEflags, writeEflags } from './flags';
export { flushAll, forbidWrites, translateCode, translateQuiet } from './paging';
export { updateMode } from './segments';
export { tscAt } from './system';

// what compiled code calls (../jit/wasm-emitter.ts)
export { linearSeg } from './address';
export { flagsImage, setFlagsImage } from './flags';
export {
  probeWrite, read128, readU16, readU32, readU64, readU8, write128, writeU16, writeU32, writeU64, writeU8,
} from './memory';
export { raise } from './raise';
export { checkNearTarget } from './run';

/** What TypeScript calls (../core-exports.ts). Everything takes the state base of a vCPU. */
export { run } from '../../../../build/out/gen/interpreter';
export { reloadPdptes } from './control-ops';
export { noteCounters } from './counters';
export { deliverDebugTrap, deliverException, deliverInterrupt, deliverNmi } from './deliver';
export { readEflags, writeEflags } from './flags';
export { flushAll, forbidWrites, translateCode, translateQuiet } from './paging';
export { updateMode } from './segments';
export { tscAt } from './system';


// what compiled regions and their manager call (../jit/)
export { settledCode } from './paging';
export { regionSegment } from './region-segments';
export { regionVector } from './region-vector';
export { regionX87 } from './region-x87';
export { regionFc, regionFr, regionInterpret, regionMiss } from './regions';

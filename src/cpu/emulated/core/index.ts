/** What TypeScript calls. Everything takes the state base of a vCPU. */
export { run } from '../../../../build/out/gen/interpreter';
export { translateCode, translateQuiet, flushAll, flushNonGlobal, flushPage, forbidWrites, forbidReads } from './paging';
export { setFlagsImage, flagsImage } from './flags';
export { updateMode } from './segments';

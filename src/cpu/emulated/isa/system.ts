import { family, op, operand } from './table';

const rm16 = operand('rm16');
const rmv = operand('rmv');
const rv = operand('rv');
const r16 = operand('r16');
const ry = operand('ry');
const rmy = operand('rmy');
const rm64 = operand('rm64');
const m = operand('m');
const m8 = operand('m8');
const m128 = operand('m128');
const mfar = operand('mfar');
const sreg = operand('sreg');
const cr = operand('cr');
const dr = operand('dr');

const END = { endsBlock: true } as const;
const PRIVILEGED = { cpl: 0 } as const;
const PRIVILEGED_END = { cpl: 0, endsBlock: true } as const;

/** Loading segment registers: MODE may change, so each ends its block. */
export const segments = family('segments', [
  op('mov', '8E /r', [sreg.w, rm16.r], 'moveToSegment', END),
  op('pop', '07', [], 'popEs', { ...END, no64: true, sized: true }),
  op('pop', '17', [], 'popSs', { ...END, no64: true, sized: true }),
  op('pop', '1F', [], 'popDs', { ...END, no64: true, sized: true }),
  op('pop', '0F A1', [], 'popFs', { ...END, default64: true, sized: true }),
  op('pop', '0F A9', [], 'popGs', { ...END, default64: true, sized: true }),
  op('les', 'C4 /r mod=m', [rv.w, mfar.r], 'les', { ...END, no64: true }),
  op('lds', 'C5 /r mod=m', [rv.w, mfar.r], 'lds', { ...END, no64: true }),
  op('lss', '0F B2 /r mod=m', [rv.w, mfar.r], 'lss', END),
  op('lfs', '0F B4 /r mod=m', [rv.w, mfar.r], 'lfs', END),
  op('lgs', '0F B5 /r mod=m', [rv.w, mfar.r], 'lgs', END),
]);

export const system = family('system', [
  op('mov', '0F 20 /r', [rmy.w, cr.r], 'movFromCr', { ...PRIVILEGED, intercept: 'cr-read' }),
  op('mov', '0F 22 /r', [cr.w, rmy.r], 'movToCr', { ...PRIVILEGED_END, intercept: 'cr-write' }),
  op('mov', '0F 21 /r', [rmy.w, dr.r], 'movFromDr', { intercept: 'dr-read' }),
  op('mov', '0F 23 /r', [dr.w, rmy.r], 'movToDr', { ...END, intercept: 'dr-write' }),
  op('lmsw', '0F 01 /6', [rm16.r], 'lmsw', { ...PRIVILEGED_END, intercept: 'cr-write' }),
  op('smsw', '0F 01 /4', [rmv.w], 'smsw', { intercept: 'cr-read' }),
  op('clts', '0F 06', [], 'clts', { ...PRIVILEGED_END, intercept: 'cr-write' }),

  op('sgdt', '0F 01 /0 mod=m', [m.w], 'sgdt', { intercept: 'gdtr-idtr-read' }),
  op('sidt', '0F 01 /1 mod=m', [m.w], 'sidt', { intercept: 'gdtr-idtr-read' }),
  op('lgdt', '0F 01 /2 mod=m', [m.r], 'lgdt', { ...PRIVILEGED, intercept: 'gdtr-idtr-write', sized: true }),
  op('lidt', '0F 01 /3 mod=m', [m.r], 'lidt', { ...PRIVILEGED, intercept: 'gdtr-idtr-write', sized: true }),
  op('sldt', '0F 00 /0', [rmv.w], 'sldt', { protectedOnly: true, intercept: 'ldtr-tr-read' }),
  op('str', '0F 00 /1', [rmv.w], 'str', { protectedOnly: true, intercept: 'ldtr-tr-read' }),
  op('lldt', '0F 00 /2', [rm16.r], 'lldt', { ...PRIVILEGED, protectedOnly: true, intercept: 'ldtr-tr-write' }),
  op('ltr', '0F 00 /3', [rm16.r], 'ltr', { ...PRIVILEGED, protectedOnly: true, intercept: 'ldtr-tr-write' }),
  op('verr', '0F 00 /4', [rm16.r], 'verr', { protectedOnly: true, flags: 'Z' }),
  op('verw', '0F 00 /5', [rm16.r], 'verw', { protectedOnly: true, flags: 'Z' }),
  op('lar', '0F 02 /r', [rv.w, rm16.r], 'lar', { protectedOnly: true, flags: 'Z' }),
  op('lsl', '0F 03 /r', [rv.w, rm16.r], 'lsl', { protectedOnly: true, flags: 'Z' }),
  op('arpl', '63 /r', [rm16.rw, r16.r], 'arpl', { protectedOnly: true, no64: true, flags: 'Z' }),

  op('hlt', 'F4', [], 'hlt', { ...PRIVILEGED_END, intercept: 'hlt' }),
  op('rsm', '0F AA', [], 'rsm', END),
  op('cli', 'FA', [], 'cli'),
  op('sti', 'FB', [], 'sti', END),
  op('popf', '9D', [], 'popf', { ...END, default64: true, sized: true, flags: 'OSZAPC', intercept: 'popf' }),
  op('clac', 'NP 0F 01 /1 mod=3 rm=2', [], 'clac', { ...END, feature: 'smap' }),
  op('stac', 'NP 0F 01 /1 mod=3 rm=3', [], 'stac', { ...END, feature: 'smap' }),

  op('invd', '0F 08', [], 'cacheControl', { ...PRIVILEGED, intercept: 'invd' }),
  op('wbinvd', '0F 09', [], 'cacheControl', { ...PRIVILEGED, intercept: 'wbinvd' }),
  op('invlpg', '0F 01 /7 mod=m', [m.none], 'invlpg', { ...PRIVILEGED_END, intercept: 'invlpg' }),
  op('invpcid', '66 0F 38 82 /r mod=m', [ry.r, m128.r], 'invpcid', {
    ...PRIVILEGED_END,
    protectedOnly: true,
    feature: 'invpcid',
    intercept: 'invpcid',
  }),
  op('cpuid', '0F A2', [], 'cpuid', { intercept: 'cpuid' }),
  op('rdtsc', '0F 31', [], 'rdtsc', { feature: 'tsc', intercept: 'rdtsc' }),
  op('rdtscp', '0F 01 /7 mod=3 rm=1', [], 'rdtscp', { feature: 'rdtscp', intercept: 'rdtscp' }),
  op('rdpid', 'F3 0F C7 /7 mod=3', [rm64.w], 'rdpid', { feature: 'rdpid', default64: 'force' }),
  op('rdrand', 'NP 0F C7 /6 mod=3', [rmv.w], 'rdrand', { feature: 'rdrand', flags: 'OSZAPC', intercept: 'rdrand' }),
  op('rdrand', '66 0F C7 /6 mod=3', [rm16.w], 'rdrand16', { feature: 'rdrand', flags: 'OSZAPC', intercept: 'rdrand' }),
  op('rdseed', 'NP 0F C7 /7 mod=3', [rmv.w], 'rdrand', { feature: 'rdseed', flags: 'OSZAPC', intercept: 'rdseed' }),
  op('rdseed', '66 0F C7 /7 mod=3', [rm16.w], 'rdrand16', { feature: 'rdseed', flags: 'OSZAPC', intercept: 'rdseed' }),
  op('clflushopt', '66 0F AE /7 mod=m', [m8.r], 'touchLine', { feature: 'clflushopt' }),
  op('clwb', '66 0F AE /6 mod=m', [m8.r], 'touchLine', { feature: 'clwb' }),
  op('rdpmc', '0F 33', [], 'rdpmc', { feature: 'msr', intercept: 'rdpmc' }),
  op('rdmsr', '0F 32', [], 'rdmsr', { ...PRIVILEGED, feature: 'msr', intercept: 'msr-read' }),
  op('wrmsr', '0F 30', [], 'wrmsr', { ...PRIVILEGED_END, feature: 'msr', intercept: 'msr-write' }),
  op('swapgs', '0F 01 /7 mod=3 rm=0', [], 'swapgs', { ...PRIVILEGED, only64: true }),
  op('rdfsbase', 'F3 0F AE /0 mod=3', [rmy.w], 'rdfsbase', { only64: true, feature: 'fsgsbase', sized: true }),
  op('rdgsbase', 'F3 0F AE /1 mod=3', [rmy.w], 'rdgsbase', { only64: true, feature: 'fsgsbase', sized: true }),
  op('wrfsbase', 'F3 0F AE /2 mod=3', [rmy.r], 'wrfsbase', { only64: true, feature: 'fsgsbase', sized: true }),
  op('wrgsbase', 'F3 0F AE /3 mod=3', [rmy.r], 'wrgsbase', { only64: true, feature: 'fsgsbase', sized: true }),
  op('monitor', '0F 01 /1 mod=3 rm=0', [], 'monitor', { ...PRIVILEGED, feature: 'monitor', intercept: 'monitor' }),
  op('mwait', '0F 01 /1 mod=3 rm=1', [], 'mwait', { ...PRIVILEGED_END, feature: 'monitor', intercept: 'mwait' }),
  op('xgetbv', 'NP 0F 01 /2 mod=3 rm=0', [], 'xgetbv', { feature: 'xsave' }),
  op('xsetbv', 'NP 0F 01 /2 mod=3 rm=1', [], 'xsetbv', { ...END, feature: 'xsave', intercept: 'xsetbv' }),
  op('rdpkru', 'NP 0F 01 /5 mod=3 rm=6', [], 'rdpkru', { feature: 'pku' }),
  op('wrpkru', 'NP 0F 01 /5 mod=3 rm=7', [], 'wrpkru', { ...END, feature: 'pku' }),
]);

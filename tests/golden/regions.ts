import * as layout from '../../src/cpu/emulated/core/layout';
import { packNodes, type PlanNode } from '../../src/cpu/emulated/jit/region-plan';

/** A piece of guest code: its blocks from the entry on, each with its bytes and number of instructions. */
export interface Sample {
  readonly name: string;
  readonly mode: number;
  readonly nodes: Int32Array;
  readonly targets: Int32Array;
  readonly code: Uint8Array;
  /** As code that is compiled for the first time. */
  readonly isBaseline?: boolean;
}

/** Where the ops of the blocks are taken to be. */
const OPS = 0x100_0000;
const LONG = layout.MODE_LONG;
const REAL = layout.MODE_PLAIN;
const SEGMENTS32 = layout.MODE_PLAIN | layout.MODE_PROTECTED | layout.MODE_SS32 | layout.MODE_CS32;
const FLAT32 = layout.MODE_FLAT | layout.MODE_SS32 | layout.MODE_CS32;

/** Blocks that follow each other: [hexadecimal bytes, instructions]. */
function sample(name: string, mode: number, ...blocks: readonly (readonly [string, number])[]): Sample {
  const code: number[] = [];
  const nodes = blocks.map(([text, instructions]): PlanNode => {
    const offset = code.length;
    code.push(...text.split(' ').map((byte) => Number.parseInt(byte, 16)));
    return { offset, end: code.length, instructions, op: OPS + offset * layout.OP_SIZE };
  });
  return { name, mode, nodes: packNodes(nodes), targets: new Int32Array(0), code: Uint8Array.from(code) };
}

/** The instruction, and a jump to it: a region that goes round. */
const single = (name: string, bytes: string, mode = LONG): Sample => {
  const back = (256 - (bytes.split(' ').length + 2)).toString(16);
  return sample(name, mode, [`${bytes} eb ${back}`, 2]);
};

/** In both forms: registers in locals, registers in the state. */
const IN_BOTH_FORMS: ReadonlySet<string> = new Set([
  'mov-load',
  'mov-store',
  'add-memory',
  'adc',
  'sub-byte',
  'push-pop',
  'paddd',
  'branch-in-loop',
  'jump-table',
  'interpreted',
]);

const SHAPES: readonly Sample[] = [
  single('mov-register', '48 89 d8'), // mov rax,rbx
  single('mov-load', '8b 43 08'), // mov eax,[rbx+8]
  single('mov-store', '48 89 43 08'), // mov [rbx+8],rax
  single('movzx-load', '0f b6 04 0b'), // movzx eax,byte [rbx+rcx]
  single('lea', '48 8d 44 8b 10'), // lea rax,[rbx+rcx*4+16]
  single('add', '48 01 d8'), // add rax,rbx
  single('add-memory', '01 03'), // add [rbx],eax
  single('adc', '11 d8'), // adc eax,ebx
  single('sub-byte', '28 dc'), // sub ah,bl
  single('cmp-setcc', '39 d8 0f 9c c1'), // cmp eax,ebx; setl cl
  single('inc-16', '66 ff c0'), // inc ax
  single('neg', 'f7 d8'), // neg eax
  single('imul', '0f af c3'), // imul eax,ebx
  single('mul-64', '48 f7 e3'), // mul rbx
  single('div', 'f7 f3'), // div ebx
  single('shl-count', 'd3 e0'), // shl eax,cl
  single('rol', 'c1 c0 07'), // rol eax,7
  single('bswap', '0f c8'), // bswap eax
  single('bsf', '0f bc c3'), // bsf eax,ebx
  single('cmov', '48 0f 44 c3'), // cmove rax,rbx
  single('xchg-memory', '87 03'), // xchg [rbx],eax
  single('lock-xadd', 'f0 0f c1 03'), // lock xadd [rbx],eax
  single('push-pop', '50 5b'), // push rax; pop rbx
  single('paddd', '66 0f fe c1'), // paddd xmm0,xmm1
  single('movaps-load', '0f 28 03'), // movaps xmm0,[rbx]
  single('addsd', 'f2 0f 58 c1'), // addsd xmm0,xmm1
  sample('fadd', LONG, ['48 01 d8 d8 c1 eb f9', 3]), // add rax,rbx; fadd st,st(1)
  sample('fstp', LONG, ['dd 1b eb fc', 2]), // fstp qword [rbx]
  // add rax,rbx; rdtsc: the interpreter's, in the middle of the region
  sample('interpreted', LONG, ['48 01 d8 0f 31 eb f9', 3]),
  single('push-flat32', '50', FLAT32), // push eax
  single('load-flat32', '8b 45 fc', FLAT32), // mov eax,[ebp-4]
  single('load-real', '8b 44 02', REAL), // mov ax,[si+2]
  single('push-real', '50', REAL), // push ax
  single('load-segment-real', '8e c0', REAL), // mov es,ax
  single('load-segment', '8e e0', FLAT32), // mov fs,eax
  single('lods-real', 'ac', REAL), // lodsb
  single('load-segments32', '64 8b 03', SEGMENTS32), // mov eax,fs:[ebx]
  single('stos', 'ab'), // stosd
  // add rax,rbx; sub rcx,1; jnz -9: flags of ADD are dead, SUB and JNZ are one
  sample('loop', LONG, ['48 01 d8 48 83 e9 01 75 f7', 3]),
  // test eax,eax; jz +2 | inc ebx | dec ecx; jnz back
  sample('branch-in-loop', LONG, ['85 c0 74 02', 2], ['ff c3', 1], ['ff c9 75 f6', 2]),
  // call +0 | pop rax; ret
  sample('call-and-return', LONG, ['e8 00 00 00 00', 1], ['58 c3', 2]),
  // jmp rax: left through the table
  sample('indirect-jump', LONG, ['48 ff c3 ff e0', 2]),
  {
    // jmp rax, to four places: inc ecx, edx, ebx or ebp and back
    ...sample('jump-table', LONG, ['ff e0', 1], ['ff c1 eb fa', 2], ['ff c2 eb f6', 2], ['ff c3 eb f2', 2], ['ff c5 eb ee', 2]),
    targets: Int32Array.of(0, 2, 0, 6, 0, 10, 0, 14),
  },
];

export const SAMPLES: readonly Sample[] = [
  ...SHAPES,
  ...SHAPES.filter(({ name }) => IN_BOTH_FORMS.has(name)).map((shape) => ({
    ...shape,
    name: `baseline-${shape.name}`,
    isBaseline: true,
  })),
];

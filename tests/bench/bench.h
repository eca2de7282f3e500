/* What the benchmark programs share. Each program returns a checksum that must be the same on every CPU. */
#ifndef BENCH_H
#define BENCH_H
#define _GNU_SOURCE
#include <stdint.h>
#include <stddef.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

/* Keeps a function as it is written: no inlining, no cloning, no constant folding across it. */
#define NI __attribute__((noipa))

extern int DIV;         /* workload divisor (-s N) */
extern const char *BB;  /* busybox */
extern const char *TMP; /* a folder in memory */
extern const char *SELF; /* this program */
extern u32 rs;          /* the generator's state, reset before each program */

static inline u32 rnd(void) { rs ^= rs << 13; rs ^= rs >> 17; rs ^= rs << 5; return rs; }
static inline u32 mix(u32 h, u32 v) { h ^= v; h *= 0x01000193u; return h ^ (h >> 15); }

/* computing.c */
u32 b_sha256(void); u32 b_qsort(void); u32 b_hash(void); u32 b_strings(void); u32 b_x87(void); u32 b_sse2_int(void);
u32 b_matmul(void); u32 b_divide(void); u32 b_calls(void); u32 b_tree(void); u32 b_bits(void);
/* system.c */
u32 b_pipe(void); u32 b_exec(void); u32 b_mmap(void); u32 b_codegen(void); u32 b_files(void); u32 b_signals(void);
u32 b_awk(void); u32 b_sort(void);
void text_prep(void);
#endif

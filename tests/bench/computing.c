/* Programs that compute: what compilers and libraries make of ordinary C. */
#include "bench.h"
#include <emmintrin.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 as FIPS 180-4 writes it. */
static const u32 K[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
  0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
  0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
  0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
  0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
  0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
#define ROR(x, n) ((x) >> (n) | (x) << (32 - (n)))

static NI void sha256_block(u32 *h, const u8 *p) {
  u32 w[64], s[8];
  for (int i = 0; i < 16; i++) w[i] = (u32)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    u32 a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (ROR(a, 7) ^ ROR(a, 18) ^ a >> 3) + (ROR(b, 17) ^ ROR(b, 19) ^ b >> 10);
  }
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; i++) {
    u32 e = s[4], a = s[0];
    u32 t1 = s[7] + (ROR(e, 6) ^ ROR(e, 11) ^ ROR(e, 25)) + ((e & s[5]) ^ (~e & s[6])) + K[i] + w[i];
    u32 t2 = (ROR(a, 2) ^ ROR(a, 13) ^ ROR(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
    s[7] = s[6]; s[6] = s[5]; s[5] = e; s[4] = s[3] + t1; s[3] = s[2]; s[2] = s[1]; s[1] = a; s[0] = t1 + t2;
  }
  for (int i = 0; i < 8; i++) h[i] += s[i];
}

u32 b_sha256(void) {
  static u8 data[1 << 16];
  u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (u32 i = 0; i < sizeof data; i++) data[i] = rnd();
  for (int k = 0; k < 96 / DIV; k++)
    for (u32 i = 0; i < sizeof data; i += 64) sha256_block(h, data + i);
  return h[0] ^ h[7];
}

static int by_value(const void *a, const void *b) {
  u32 x = *(const u32 *)a, y = *(const u32 *)b;
  return (x > y) - (x < y);
}

u32 b_qsort(void) {
  u32 n = 400000 / DIV, h = 0, *v = malloc(n * sizeof *v);
  for (u32 i = 0; i < n; i++) v[i] = rnd();
  qsort(v, n, sizeof *v, by_value);
  for (u32 i = 0; i < n; i += 97) h = mix(h, v[i]);
  free(v);
  return h;
}

/* A hash table with open addressing: inserts, finds and removals of random keys. */
u32 b_hash(void) {
  enum { SIZE = 1 << 18 };
  u32 *keys = calloc(SIZE, sizeof *keys), *values = calloc(SIZE, sizeof *values), h = 0;
  for (u32 i = 0; i < 1500000u / DIV; i++) {
    u32 key = (rnd() % 150000) + 1, at = (key * 2654435761u) >> 14;
    while (keys[at] && keys[at] != key) at = (at + 1) & (SIZE - 1);
    if (keys[at]) h = mix(h, values[at]++);
    else { keys[at] = key; values[at] = i; }
  }
  free(keys);
  free(values);
  return h;
}

/* The C library's string functions on short strings of different lengths and alignments. */
u32 b_strings(void) {
  static char text[1 << 16], copy[600];
  u32 h = 0;
  for (u32 i = 0; i < sizeof text - 1; i++) text[i] = 'a' + rnd() % 26;
  for (u32 i = 0; i < sizeof text - 1; i += 20 + rnd() % 180) text[i] = 0;
  text[sizeof text - 1] = 0;
  for (int k = 0; k < 120 / DIV; k++)
    for (u32 at = 0; at + 1 < sizeof text;) {
      char *s = text + at;
      size_t length = strlen(s);
      char *e = memchr(s, 'e', length), *q = strchr(s, 'q'), *z = strrchr(s, 'z'), *needle = strstr(s, "th");
      strcpy(copy, s);
      strcat(copy, "-end");
      h = mix(h, length + (e ? e - s : 0) + (q ? q - s : 0) + (z ? z - s : 0) + (needle ? needle - s : 0));
      h = mix(h, strncmp(copy, s, length) + (memcmp(copy, text + at / 2, length) > 0) + strspn(s, "abcdefghij"));
      at += length + 1;
    }
  return h;
}

/* x87: a Mandelbrot set in double through the stack, and sums in extended precision. */
__attribute__((target("fpmath=387"))) static NI u32 mandelbrot(int size, int limit) {
  u32 sum = 0;
  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++) {
      long double cr = 3.0L * x / size - 2.25L, ci = 2.5L * y / size - 1.25L, r = 0, i = 0;
      int n = 0;
      while (n < limit && r * r + i * i < 4) {
        long double t = r * r - i * i + cr;
        i = 2 * r * i + ci;
        r = t;
        n++;
      }
      sum += n;
    }
  return sum;
}

u32 b_x87(void) {
  long double sum = 0;
  u32 h = mandelbrot(DIV == 1 ? 240 : 40, 100);
  for (u32 i = 1; i < 2000000u / DIV; i++) sum += 1.0L / i;
  return mix(h, (u32)(u64)(sum * 1e9L));
}

/* Blending, clamping and sums of absolute differences on bytes and words, as picture code does. */
__attribute__((target("sse2"))) static NI u32 sse2_pass(__m128i *a, const __m128i *b, int n) {
  __m128i total = _mm_setzero_si128();
  const __m128i weight = _mm_set1_epi16(77), round = _mm_set1_epi16(64), zero = _mm_setzero_si128();
  for (int i = 0; i < n; i++) {
    __m128i x = _mm_load_si128(a + i), y = _mm_loadu_si128((const __m128i *)((const char *)(b + i) + 1));
    __m128i lo = _mm_mullo_epi16(_mm_unpacklo_epi8(x, zero), weight), hi = _mm_mullo_epi16(_mm_unpackhi_epi8(x, zero), weight);
    lo = _mm_srli_epi16(_mm_add_epi16(lo, round), 7);
    hi = _mm_srli_epi16(_mm_add_epi16(hi, round), 7);
    __m128i blended = _mm_adds_epu8(_mm_packus_epi16(lo, hi), _mm_avg_epu8(x, y));
    __m128i larger = _mm_cmpgt_epi16(x, y);
    blended = _mm_or_si128(_mm_and_si128(larger, blended), _mm_andnot_si128(larger, _mm_subs_epu8(y, x)));
    total = _mm_add_epi64(total, _mm_sad_epu8(blended, y));
    _mm_store_si128(a + i, _mm_shuffle_epi32(blended, 0x39));
  }
  return _mm_cvtsi128_si32(total) + _mm_cvtsi128_si32(_mm_srli_si128(total, 8)) * 3;
}

__attribute__((target("sse2"))) u32 b_sse2_int(void) {
  enum { N = 4096 };
  static __m128i a[N], b[N + 1];
  u32 h = 0;
  for (u32 i = 0; i < sizeof b / 4; i++) ((u32 *)b)[i] = rnd();
  for (u32 i = 0; i < sizeof a / 4; i++) ((u32 *)a)[i] = rnd();
  for (int k = 0; k < 1200 / DIV; k++) h = mix(h, sse2_pass(a, b, N));
  return h;
}

/* Dense matrices in double with SSE2, and single precision with conversions. */
__attribute__((target("sse2,fpmath=sse"))) static NI void multiply(int n, const double *a, const double *b, double *c) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double s = 0;
      for (int k = 0; k < n; k++) s += a[i * n + k] * b[k * n + j];
      c[i * n + j] = s;
    }
}
__attribute__((target("sse2,fpmath=sse"))) static NI u32 single(const double *c, int n) {
  u32 h = 0;
  float f = 1;
  for (int i = 0; i < n; i++) {
    f = f * 0.75f + (float)c[i];
    h = mix(h, (u32)(int)f);
  }
  return h;
}
u32 b_matmul(void) {
  enum { N = 200 };
  double *a = malloc(N * N * 8), *b = malloc(N * N * 8), *c = malloc(N * N * 8);
  u32 h = 0;
  for (int i = 0; i < N * N; i++) { a[i] = (int)(rnd() % 200) - 100; b[i] = (int)(rnd() % 200) - 100; }
  for (int k = 0; k < 4 / (DIV > 4 ? 4 : DIV); k++) {
    multiply(N, a, b, c);
    h = mix(h, single(c, N * N));
    a[k] += 1;
  }
  free(a); free(b); free(c);
  return h;
}

/* Divisions of all widths, remainders and wide products: modular powers and Euclid. */
static NI u32 power(u32 base, u32 exponent, u32 modulus) {
  u64 r = 1, b = base % modulus;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) r = r * b % modulus;
    b = b * b % modulus;
  }
  return r;
}
static NI u32 gcd(u32 a, u32 b) {
  while (b) { u32 t = a % b; a = b; b = t; }
  return a;
}
u32 b_divide(void) {
  u32 h = 0;
  u64 wide = 0x123456789abcdefull;
  for (u32 i = 1; i < 100000u / DIV; i++) {
    u32 a = rnd(), m = rnd() | 1;
    h = mix(h, power(a, m, (m >> 3) | 1) + gcd(a, m));
    wide = wide / ((a >> 20) + 3) + wide * 6364136223846793005ull;
    h = mix(h, (u16)a / (u8)(m | 1) + (int)a % (int)((m >> 16) + 1) + (u32)(wide >> 32));
  }
  return h;
}

/* Calls through pointers: objects of several kinds behind one interface. */
struct shape { u32 (*area)(const struct shape *); u32 a, b; };
static NI u32 square(const struct shape *s) { return s->a * s->a; }
static NI u32 rectangle(const struct shape *s) { return s->a * s->b; }
static NI u32 triangle(const struct shape *s) { return s->a * s->b / 2; }
static NI u32 frame(const struct shape *s) { return square(s) - rectangle(s); }
static NI u32 nothing(const struct shape *s) { return s->b; }
u32 b_calls(void) {
  static u32 (*const kinds[])(const struct shape *) = {square, rectangle, triangle, frame, nothing};
  static struct shape shapes[1024];
  u32 h = 0;
  for (int i = 0; i < 1024; i++) shapes[i] = (struct shape){kinds[rnd() % 5], rnd() & 1023, rnd() & 1023};
  for (int k = 0; k < 8000 / DIV; k++)
    for (int i = 0; i < 1024; i++) h += shapes[i].area(&shapes[i]) ^ i;
  return h;
}

/* A binary tree: allocation, pointer chasing and recursion. */
struct tree { struct tree *left, *right; u32 key; };
static NI struct tree *insert(struct tree *t, u32 key) {
  if (!t) { t = calloc(1, sizeof *t); t->key = key; return t; }
  if (key < t->key) t->left = insert(t->left, key);
  else if (key > t->key) t->right = insert(t->right, key);
  return t;
}
static NI u32 walk(struct tree *t, u32 depth) {
  if (!t) return 0;
  u32 h = walk(t->left, depth + 1) + mix(t->key, depth);
  h += walk(t->right, depth + 1);
  free(t);
  return h;
}
u32 b_tree(void) {
  u32 h = 0;
  for (int k = 0; k < 4 / (DIV > 4 ? 4 : DIV); k++) {
    struct tree *t = 0;
    for (u32 i = 0; i < 40000u / DIV; i++) t = insert(t, rnd());
    h = mix(h, walk(t, 0));
  }
  return h;
}

/* Bits: counting, reversing, rotating, searching, carries through several words, byte swaps and 64-bit values. */
u32 b_bits(void) {
  u32 h = 0;
  u64 acc = 0x9e3779b97f4a7c15ull;
  for (u32 i = 0; i < 3000000u / DIV; i++) {
    u32 v = rnd();
    h += __builtin_ctz(v | 1u << 31) + __builtin_clz(v | 1) + (v << (i & 31) | v >> (-i & 31));
    acc = (acc << 13 | acc >> 51) + ((u64)v << (i & 15)) - (acc >> 7);
    h ^= __builtin_bswap32(v) + (v >> (h & 31)) + ((int)v >> (i & 7)) + (acc > v * 77777ull);
  }
  return mix(h, acc >> 32);
}

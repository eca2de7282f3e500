// Integers, doubles, x87 and SSE numbers, strings, threads and signals of a C program. What it prints depends on no library's
// rounding beyond IEEE 754's own operations, and on neither time nor place.
#include <emmintrin.h>
#include <errno.h>
#include <fenv.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t seed = 88172645463325252u;

static uint64_t next(void) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  return seed ^= seed << 17;
}

static uint64_t fnv(const void *bytes, size_t size) {
  const unsigned char *at = bytes;
  uint64_t hash = 14695981039346656037u;
  for (size_t i = 0; i < size; i++) hash = (hash ^ at[i]) * 1099511628211u;
  return hash;
}

static void integers(void) {
  enum { LIMIT = 200000 };
  static char composite[LIMIT];
  int count = 0, last = 0;
  for (int i = 2; i < LIMIT; i++) {
    if (composite[i]) continue;
    count++, last = i;
    for (long j = (long)i * i; j < LIMIT; j += i) composite[j] = 1;
  }
  printf("primes below %d: %d, the last %d\n", LIMIT, count, last);

  uint64_t mix = 0;
  for (int i = 0; i < 20000; i++) {
    uint64_t a = next(), b = next() | 1;
    unsigned __int128 wide = (unsigned __int128)a * b;
    mix += (uint64_t)(wide >> 64) ^ (uint64_t)wide;
    mix ^= (uint64_t)((((unsigned __int128)(a >> 1) << 64) | b) / (b | 1ull << 63));
    mix = mix << (a & 63) | mix >> (-a & 63);
    mix += (uint64_t)((int64_t)a / (int32_t)b) - (uint64_t)((int64_t)a % (int32_t)b);
    mix ^= (uint64_t)__builtin_popcountll(a) << 8 | __builtin_clzll(b) | __builtin_ctzll(a | 1ull << 40) << 4;
    mix += __builtin_bswap64(a) + (uint8_t)a * (int8_t)b + (uint16_t)(a >> 5) / ((uint16_t)b | 1);
  }
  printf("integers: %016" PRIx64 "\n", mix);
}

static void doubles(void) {
  enum { N = 48 };
  static double a[N][N], b[N][N], c[N][N];
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = (double)(int64_t)next() / 1e12, b[i][j] = 1.0 / (1 + (next() & 0xffff));
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      volatile double sum = 0;
      for (int k = 0; k < N; k++) sum = sum + a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  printf("matrix: %016" PRIx64 " %.17g %a\n", fnv(c, sizeof c), c[3][5], c[47][47]);

  const int modes[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
  for (int m = 0; m < 4; m++) {
    fesetround(modes[m]);
    feclearexcept(FE_ALL_EXCEPT);
    volatile double third = 1.0, three = 3.0, tiny = 5e-324, big = 1.7e308;
    volatile long double wide = 1.0L, ten = 10.0L;
    volatile float narrow = 16777216.0f;
    printf("rounding %d: %a %a %a %La %a %ld %d", m, third / three, tiny * 0.6, -big * 3, wide / ten,
           (double)(narrow / 3), lrint(-2.5), (int)rint(3.5));
    printf(" flags %x\n", fetestexcept(FE_ALL_EXCEPT));
  }
  fesetround(FE_TONEAREST);

  long double sum = 0;
  for (int i = 1; i < 3000; i++) sum += sqrtl(i) / (i * (long double)i + 1);
  printf("x87: %.20Lg %La, fma %a, hypot %.15g\n", sum, sum, fma(0.1, 10, -1), sqrt(3.0 * 3.0 + 4.0 * 4.0));
  printf("parsed: %.17g %.17g %a %s\n", strtod("0.1e-307", 0), strtod("123456789012345678901234567890", 0),
         strtod("0x1.fffffffffffff8p0", 0), isnan(strtod("nan", 0)) ? "nan" : "number");

  __m128i v = _mm_set_epi32(1, -2, 30000, -40000);
  for (int i = 0; i < 100; i++) v = _mm_xor_si128(_mm_add_epi16(v, _mm_slli_epi32(v, 3)), _mm_srai_epi32(v, 5));
  uint32_t words[4];
  _mm_storeu_si128((__m128i *)words, _mm_add_epi32(v, _mm_madd_epi16(v, _mm_packs_epi32(_mm_srai_epi32(v, 16), v))));
  printf("sse: %08x %08x %08x %08x\n", words[0], words[1], words[2], words[3]);
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static void strings(void) {
  enum { N = 5000 };
  char **words = malloc(N * sizeof *words);
  for (int i = 0; i < N; i++) {
    words[i] = malloc(40);
    snprintf(words[i], 40, "%0*" PRIu64, (int)(next() % 30 + 1), next() % 1000003);
  }
  qsort(words, N, sizeof *words, by_text);
  uint64_t hash = 0;
  size_t length = 0;
  for (int i = 0; i < N; i++) {
    hash = hash * 31 + fnv(words[i], strlen(words[i]));
    length += strspn(words[i], "0") + (strchr(words[i], '7') != 0) + (strstr(words[i], "42") != 0);
  }
  printf("strings: %016" PRIx64 " %zu %s %s\n", hash, length, words[0], words[N - 1]);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t shared;
static _Atomic uint64_t atomic;

static void *add(void *from) {
  for (uintptr_t i = 0; i < 2000; i++) {
    pthread_mutex_lock(&mutex);
    shared += (uintptr_t)from * i;
    pthread_mutex_unlock(&mutex);
    atomic += i;
  }
  return from;
}

static sigjmp_buf back;
static void caught(int number, siginfo_t *info, void *context) {
  (void)context;
  siglongjmp(back, number << 8 | info->si_code);
}

static void processes(void) {
  pthread_t threads[4];
  for (uintptr_t i = 0; i < 4; i++) pthread_create(&threads[i], 0, add, (void *)(i + 1));
  for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
  printf("threads: %" PRIu64 " %" PRIu64 "\n", shared, atomic);

  struct sigaction action = {.sa_sigaction = caught, .sa_flags = SA_SIGINFO};
  const int signals[] = {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP};
  for (int i = 0; i < 5; i++) sigaction(signals[i], &action, 0);
  int how;
  volatile int one = 1, zero = 0;
  char *volatile nowhere = (char *)16;
  char *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if ((how = sigsetjmp(back, 1)) == 0) page[7] = 1;
  printf("written to a page to read: signal %d code %d\n", how >> 8, how & 255);
  if ((how = sigsetjmp(back, 1)) == 0) *nowhere = 1;
  printf("written to no page: signal %d code %d\n", how >> 8, how & 255);
  if ((how = sigsetjmp(back, 1)) == 0) zero = one / zero;
  printf("divided by zero: signal %d code %d\n", how >> 8, how & 255);
  if ((how = sigsetjmp(back, 1)) == 0) __builtin_trap();
  printf("no instruction: signal %d code %d\n", how >> 8, how & 255);
  if ((how = sigsetjmp(back, 1)) == 0) __asm__ volatile("int3");
  printf("a breakpoint: signal %d\n", how >> 8);

  fflush(stdout);
  int pipes[2], status;
  if (pipe(pipes) != 0) exit(1);
  for (int i = 0; i < 8; i++) {
    if (fork() != 0) continue;
    shared += i;
    if (write(pipes[1], &shared, sizeof shared) != sizeof shared) _exit(1);
    _exit(i);
  }
  uint64_t sum = 0, part;
  int codes = 0;
  for (int i = 0; i < 8; i++) {
    if (read(pipes[0], &part, sizeof part) == sizeof part) sum += part;
    if (wait(&status) > 0) codes += WEXITSTATUS(status);
  }
  printf("processes: %" PRIu64 " %d\n", sum, codes);
}

int main(void) {
  integers();
  doubles();
  strings();
  processes();
  return 0;
}

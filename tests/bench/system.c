/* Programs that make the kernel work, run other programs, or write code. */
#include "bench.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two processes hand a word to and fro: system calls and address-space switches. */
u32 b_pipe(void) {
  int there[2], back[2], status;
  u32 rounds = 20000 / DIV, value = 1;
  if (pipe(there) || pipe(back)) return 0;
  pid_t child = fork();
  if (!child) {
    while (read(there[0], &value, 4) == 4 && value) {
      value = value * 1664525u + 1013904223u;
      if (write(back[1], &value, 4) != 4) break;
    }
    _exit(0);
  }
  for (u32 i = 0; i < rounds; i++) {
    value |= 1;
    if (write(there[1], &value, 4) != 4 || read(back[0], &value, 4) != 4) break;
  }
  u32 end = 0;
  if (write(there[1], &end, 4) != 4) return 0;
  waitpid(child, &status, 0);
  for (int i = 0; i < 2; i++) { close(there[i]); close(back[i]); }
  return value;
}

/* fork and exec of a small static program (this one, which ends at once with its argument). */
u32 b_exec(void) {
  u32 sum = 0;
  for (int i = 0; i < 200 / DIV; i++) {
    char argument[12];
    snprintf(argument, sizeof argument, "%d", i & 63);
    pid_t child = fork();
    if (!child) { execl(SELF, "bench", "-x", argument, (char *)0); _exit(99); }
    int status;
    waitpid(child, &status, 0);
    sum = mix(sum, WEXITSTATUS(status));
  }
  return sum;
}

/* Page faults: maps, touches, protects and unmaps. */
u32 b_mmap(void) {
  u32 h = 0;
  for (int k = 0; k < 100 / DIV; k++) {
    size_t pages = 64 + rnd() % 64;
    u8 *p = mmap(0, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 0;
    for (size_t i = 0; i < pages; i++) p[i * 4096 + (i * 37 & 4095)] = i + k;
    mprotect(p, pages / 2 * 4096, PROT_READ);
    for (size_t i = 0; i < pages; i++) h = mix(h, p[i * 4096 + (i * 37 & 4095)]);
    madvise(p + pages / 2 * 4096, (pages - pages / 2) * 4096, MADV_DONTNEED);
    h += p[(pages - 1) * 4096 + 5];
    munmap(p, pages * 4096);
  }
  return h;
}

/* A small compiler: random expressions become functions of up to 400 bytes, each is run a few hundred times and replaced. */
static u8 *emit32(u8 *at, u8 opcode, u32 value) { *at++ = opcode; memcpy(at, &value, 4); return at + 4; }
u32 b_codegen(void) {
  enum { SLOTS = 64, SIZE = 512 };
  u8 *code = mmap(0, SLOTS * SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  u32 h = 0;
  if (code == MAP_FAILED) return 0;
  for (int k = 0; k < 5000 / DIV; k++) {
    u8 *start = code + rnd() % SLOTS * SIZE, *at = emit32(start, 0xb8, rnd()); /* mov eax,imm */
    at = emit32(at, 0xb9, 1 + rnd() % 20);                                     /* mov ecx,imm */
    u8 *loop = at;
    for (int i = 0, n = 4 + rnd() % 50; i < n; i++) {
      u32 value = rnd();
      switch (value % 6) {
        case 0: at = emit32(at, 0x05, value); break;                           /* add eax,imm */
        case 1: at = emit32(at, 0x35, value); break;                           /* xor eax,imm */
        case 2: at = emit32(at, 0x2d, value); break;                           /* sub eax,imm */
        case 3: *at++ = 0xc1; *at++ = 0xc0; *at++ = value >> 8 & 31; break;    /* rol eax,imm */
        case 4: *at++ = 0x01; *at++ = 0xc8; break;                             /* add eax,ecx */
        default: *at++ = 0x69; *at++ = 0xc0; memcpy(at, &value, 4); at += 4;   /* imul eax,eax,imm */
      }
    }
    *at++ = 0x83; *at++ = 0xe9; *at++ = 1;                                     /* sub ecx,1 */
    *at++ = 0x0f; at = emit32(at, 0x85, (u32)(loop - (at + 5)));               /* jnz loop */
    *at++ = 0xc3;
    for (int i = 0; i < 20; i++) h = mix(h, ((u32(*)(void))start)());
  }
  munmap(code, SLOTS * SIZE);
  return h;
}

/* Many small files in memory: create, write, read, rename, stat, remove. */
u32 b_files(void) {
  char path[300], other[300], data[6000];
  u32 h = 0;
  for (u32 i = 0; i < sizeof data; i++) data[i] = rnd();
  for (int k = 0; k < 2000 / DIV; k++) {
    struct stat about;
    snprintf(path, sizeof path, "%s/file-%d", TMP, k);
    snprintf(other, sizeof other, "%s/renamed-%d", TMP, k);
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
    size_t length = 100 + rnd() % 5000;
    if (fd < 0 || write(fd, data + (k & 511), length) != (ssize_t)length) return 0;
    lseek(fd, length / 2, SEEK_SET);
    ssize_t got = read(fd, data, 512);
    close(fd);
    if (rename(path, other) || stat(other, &about) || unlink(other)) return 0;
    h = mix(h, got + about.st_size + (u8)data[got / 2]);
  }
  return h;
}

/* Signals and faults that a program handles itself. */
static volatile u32 caught;
static u8 *guarded;
static void on_signal(int number) {
  caught += number;
  if (number == SIGSEGV) mprotect(guarded, 4096, PROT_READ | PROT_WRITE);
}
u32 b_signals(void) {
  caught = 0;
  guarded = mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  signal(SIGUSR1, on_signal);
  signal(SIGSEGV, on_signal);
  for (int i = 0; i < 8000 / DIV; i++) {
    raise(SIGUSR1);
    if (i % 4 == 0) { mprotect(guarded, 4096, PROT_READ); *(volatile u8 *)guarded = i; }
  }
  signal(SIGUSR1, SIG_DFL);
  signal(SIGSEGV, SIG_DFL);
  munmap(guarded, 4096);
  return caught;
}

/* Busybox on a text of 1.5 MB; the checksum is that of its output. */
static char text[256];
void text_prep(void) {
  static const char *const words[] = {"alpha", "processor", "to", "window", "disk", "a", "interrupt", "memory", "of", "page"};
  snprintf(text, sizeof text, "%s/text", TMP);
  FILE *f = fopen(text, "w");
  if (!f) { perror(text); return; }
  for (int i = 0; i < 40000 / DIV; i++)
    fprintf(f, "%u %s %s %s %u\n", rnd() % 100000, words[rnd() % 10], words[rnd() % 10], words[rnd() % 10], i);
  fclose(f);
}
static u32 run_busybox(char *const *arguments) {
  int out[2], status;
  u8 buffer[4096];
  u32 h = 0;
  ssize_t got;
  if (pipe(out)) return 0;
  pid_t child = fork();
  if (!child) { dup2(out[1], 1); close(out[0]); close(out[1]); execv(BB, arguments); _exit(99); }
  close(out[1]);
  while ((got = read(out[0], buffer, sizeof buffer)) > 0)
    for (ssize_t i = 0; i < got; i++) h = h * 31 + buffer[i];
  close(out[0]);
  waitpid(child, &status, 0);
  unlink(text);
  return WEXITSTATUS(status) ? 0 : h;
}
u32 b_awk(void) {
  static char program[] = "{ n[$2 \" \" $3] += $1; w += length($4) } END { for (k in n) t += n[k] * length(k); print NR, w, t }";
  return run_busybox((char *const[]){"busybox", "awk", program, text, 0});
}
u32 b_sort(void) { return run_busybox((char *const[]){"busybox", "sort", "-k2,3", "-k1n", text, 0}); }

/* Hides vector instructions from a process, so that its libraries choose their kernels as on an older
 * processor: what FID does there can be measured here. Linux on x86-64 only.
 *
 *   cc -O2 -shared -fPIC -o hide.so hide-instructions.c -ldl
 *   LD_PRELOAD=./hide.so HIDE_INSTRUCTIONS=avx512 study extract ...
 *
 * HIDE_INSTRUCTIONS is avx512 (AVX-512 and AMX) or avx2 (AVX2 and FMA as well). The cpuid instruction is
 * made to fault (arch_prctl(2), ARCH_CPUID) and answered here without those bits. Exits with 86 where
 * the processor or its hypervisor cannot do that. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define ARCH_SET_CPUID 0x1012
#define CANNOT 86

static int hides_avx2, is_hiding;
static struct sigaction chained;
static int (*next_sigaction)(int, const struct sigaction *, struct sigaction *);

static unsigned bits(const int *list) {
  unsigned mask = 0;
  for (; *list >= 0; list++) mask |= 1u << *list;
  return mask;
}

/* Leaf 7, sub-leaf 0: avx512 f dq ifma pf er cd bw vl; vbmi vbmi2 vnni bitalg vpopcntdq; 4vnniw 4fmaps
 * vp2intersect, amx bf16, fp16, amx tile int8. Sub-leaf 1: avx_vnni, avx512_bf16, avx_ifma. */
static const int ebx7[] = {16, 17, 21, 26, 27, 28, 30, 31, -1};
static const int ecx7[] = {1, 6, 11, 12, 14, -1};
static const int edx7[] = {2, 3, 8, 22, 23, 24, 25, -1};
static const int eax71[] = {4, 5, 23, -1};

static void on_fault(int sig, siginfo_t *info, void *context) {
  greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
  const unsigned char *at = (const unsigned char *)r[REG_RIP];
  if (info->si_code != SI_KERNEL || at[0] != 0x0f || at[1] != 0xa2) {
    if ((chained.sa_flags & SA_SIGINFO) && chained.sa_sigaction)
      chained.sa_sigaction(sig, info, context);
    else
      signal(SIGSEGV, SIG_DFL);
    return;
  }
  unsigned leaf = r[REG_RAX], sub = r[REG_RCX], a, b, c, d;
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 1);
  __asm__ volatile("cpuid" : "=a"(a), "=b"(b), "=c"(c), "=d"(d) : "a"(leaf), "c"(sub));
  syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0);
  if (leaf == 7 && sub == 0) {
    b &= ~bits(ebx7);
    c &= ~bits(ecx7);
    d &= ~bits(edx7);
    if (hides_avx2) b &= ~(1u << 5);
  }
  if (leaf == 7 && sub == 1) a &= ~bits(eax71);
  if (leaf == 1 && hides_avx2) c &= ~(1u << 12);
  r[REG_RAX] = a;
  r[REG_RBX] = b;
  r[REG_RCX] = c;
  r[REG_RDX] = d;
  r[REG_RIP] += 2;
}

/* V8 has a handler of its own for WebAssembly; it stays behind ours. */
int sigaction(int sig, const struct sigaction *act, struct sigaction *old) {
  if (!next_sigaction) next_sigaction = dlsym(RTLD_NEXT, "sigaction");
  if (sig != SIGSEGV || !is_hiding) return next_sigaction(sig, act, old);
  if (old) *old = chained;
  if (act) chained = *act;
  return 0;
}

__attribute__((constructor)) static void start(void) {
  const char *hidden = getenv("HIDE_INSTRUCTIONS");
  if (!hidden) return;
  hides_avx2 = strcmp(hidden, "avx2") == 0;
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_sigaction = on_fault;
  act.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigaction(SIGSEGV, &act, NULL);
  is_hiding = 1;
  if (syscall(SYS_arch_prctl, ARCH_SET_CPUID, 0)) _exit(CANNOT);
}

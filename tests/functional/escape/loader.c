/* Stands in for the dynamic loader of a program: only system calls. It says which program it was started for, and tries
   to take the file of that program over. */
#include <fcntl.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d, long e) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

static void print(const char* text) {
    unsigned length = 0;
    while (text[length]) ++length;
    call(SYS_write, 1, (long)text, length, 0, 0);
}

void begin(void) {
    char path[256] = {0};
    call(SYS_readlink, (long)"/proc/self/exe", (long)path, sizeof path - 1, 0, 0);
    print("loader-ran-for ");
    print(path);
    print("\n");
    const long file = call(SYS_open, (long)"/proc/self/exe", O_RDONLY, 0, 0, 0);
    call(SYS_fchown, file, 1000, 1000, 0, 0);
    call(SYS_fchmod, file, 06777, 0, 0, 0);
    call(SYS_fsetxattr, file, (long)"user.taken", (long)"1", 1, 0);
    call(SYS_exit_group, 0, 0, 0, 0, 0);
}
__asm__(".globl _start\n_start: and $-16,%rsp\n call begin\n");

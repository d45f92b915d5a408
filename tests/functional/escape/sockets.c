/* Asks for sockets in each way that x86-64 has; prints the way, the kind, and 0 or the error's number. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static long interrupt(long number, long first, long second, long third) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second), "d"(third) : "memory");
    return (int)result;
}

static long own(long family, long type, long protocol) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_socket), "D"(family), "S"(type), "d"(protocol) : "rcx", "r11", "memory");
    return result;
}

static void tell(const char* way, const char* kind, long result) {
    printf("%s %s %ld\n", way, kind, result < 0 ? -result : 0);
    if (result >= 0) close((int)result);
}

int main(void) {
    static const struct {
        const char* name;
        int family, type, protocol;
    } kinds[] = {{"unix", 1, 1, 0}, {"audit", 16, 3, 9}, {"alg", 38, 5, 0}, {"vsock", 40, 1, 0}};
    /* What socketcall reads has an address of 32 bits. */
    int* words = mmap((void*)0x10000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; ++i) {
        words[0] = kinds[i].family, words[1] = kinds[i].type, words[2] = kinds[i].protocol;
        tell("own", kinds[i].name, own(kinds[i].family, kinds[i].type, kinds[i].protocol));
        tell("direct", kinds[i].name, interrupt(359, kinds[i].family, kinds[i].type, kinds[i].protocol));
        tell("socketcall", kinds[i].name, interrupt(102, 1, (long)words, 0));
    }
    return 0;
}

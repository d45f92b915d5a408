/* Runs a program for which the kernel does not make one system call, and answers with an error or, for 0, as if it had.
   usage: refuse CALL ERROR FIRST-ARGUMENT|any PROGRAM... */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char** words) {
    if (count < 5) return fputs("refuse CALL ERROR FIRST-ARGUMENT|any PROGRAM...\n", stderr), 125;
    const int any = strcmp(words[3], "any") == 0;
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)atoi(words[1]), 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, any ? 0 : (unsigned)atoi(words[3]), 0, any ? 0 : 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)atoi(words[2])),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    /* By root alone, so that nothing else changes for the program. */
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) return perror("seccomp"), 125;
    execvp(words[4], words + 4);
    return perror(words[4]), 127;
}

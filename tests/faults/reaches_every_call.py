#!/usr/bin/python3
"""Whether the shim stands in front of every call of the program that changes files: PROGRAM SHIM."""
import subprocess
import sys

# Functions of the C library that change the file system, or make mounts and processes. Those of `fopen` and its kin count by
# their opening. vfork, execve and posix_spawn are left out: programs that are started are not what is tested.
CHANGING = set('''
    chmod chown copy_file_range creat creat64 fallocate fallocate64 fchmod fchmodat fchown fchownat fdatasync fopen fopen64 fork
    fremovexattr freopen freopen64 fsconfig fsetxattr fsmount fsopen fsync ftruncate ftruncate64 futimens futimes futimesat lchmod
    lchown link linkat lremovexattr lsetxattr lutimes mkdir mkdirat mkdtemp mkfifo mkfifoat mknod mknodat mkostemp mkostemp64
    mkostemps mkstemp mkstemp64 mkstemps mount mount_setattr move_mount msync open open64 open_tree openat openat64
    posix_fallocate posix_fallocate64 pwrite pwrite64 pwritev pwritev2 pwritev64 pwritev64v2 recvmsg remove removexattr rename
    renameat renameat2 rmdir sendfile sendfile64 sendmmsg sendmsg setxattr splice symlink symlinkat sync_file_range syncfs syscall
    tee tmpfile tmpfile64 truncate truncate64 umount umount2 unlink unlinkat utime utimensat utimes vmsplice write writev
    '''.split())


def symbols(path, which):
    listed = subprocess.run(['nm', '--dynamic', which, path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {line.split()[-1].split('@')[0] for line in listed.splitlines()}


def main(program, shim):
    called = symbols(program, '--undefined-only') & CHANGING
    missed = called - symbols(shim, '--defined-only')
    if len(called) < 40:
        print(f'only {len(called)} calls were found in {program}: this shows nothing')
        return 1
    if missed:
        print(f'no fault can strike {", ".join(sorted(missed))}: add them to tests/faults/shim/fault_calls.c')
        return 1
    print(f'faults can strike all {len(called)} calls')
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))

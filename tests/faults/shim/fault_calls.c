// The calls that a fault can strike, each under its own name: a library that is loaded first is asked before the C
// library. reaches_every_call.py holds this list beside what the program calls.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

#include "tests/faults/shim/fault_points.h"

/// The C library's function, looked up before the program begins: a child that shares its parent's memory may not.
#define NEXT(type, name, parameters)                                  \
    static type(*next_##name) parameters;                             \
    __attribute__((constructor(101))) static void find_##name(void) { \
        void* const found = dlsym(RTLD_NEXT, #name);                  \
        memcpy(&next_##name, &found, sizeof found);                   \
    }

/// A call that either changes something or fails with `failed`.
#define CALL(verdict_of, failed, type, name, parameters, arguments) \
    NEXT(type, name, parameters)                                    \
    type name parameters {                                          \
        const enum fault_verdict verdict = verdict_of;              \
        if (verdict == verdict_fail) return failed;                 \
        type const result = next_##name arguments;                  \
        fault_after(verdict);                                       \
        return result;                                              \
    }
#define NAMED(kind, what, type, name, parameters, arguments) \
    CALL(fault_point(kind_##kind, #name, what), -1, type, name, parameters, arguments)
#define OPENED(kind, descriptor, type, name, parameters, arguments) \
    CALL(fault_point_of(kind_##kind, #name, descriptor), -1, type, name, parameters, arguments)
/// A write of `bytes`, which a kill cuts.
#define WRITE(type, name, parameters, descriptor, bytes, ...)                                   \
    NEXT(type, name, parameters)                                                                \
    type name parameters {                                                                      \
        const enum fault_verdict verdict =                                                      \
            is_file(descriptor) ? fault_point_of(kind_write, #name, descriptor) : verdict_pass; \
        if (verdict == verdict_fail) return -1;                                                 \
        bytes = fault_share(verdict, bytes);                                                    \
        type const result = next_##name(__VA_ARGS__);                                           \
        fault_after(verdict);                                                                   \
        return result;                                                                          \
    }

/// Pipes and sockets are not what a full or broken disk strikes.
static bool is_file(int descriptor) {
    struct stat64 status;
    return fstat64(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

static bool writes(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
}

// Names.
NAMED(rename, to, int, rename, (const char* from, const char* to), (from, to))
NAMED(rename, to, int, renameat, (int a, const char* from, int b, const char* to), (a, from, b, to))
NAMED(rename, to, int, renameat2, (int a, const char* from, int b, const char* to, unsigned flags),
      (a, from, b, to, flags))
NAMED(make, to, int, link, (const char* from, const char* to), (from, to))
NAMED(make, to, int, linkat, (int a, const char* from, int b, const char* to, int flags), (a, from, b, to, flags))
NAMED(make, to, int, symlink, (const char* from, const char* to), (from, to))
NAMED(make, to, int, symlinkat, (const char* from, int b, const char* to), (from, b, to))
NAMED(make, path, int, mkdir, (const char* path, mode_t mode), (path, mode))
NAMED(make, path, int, mkdirat, (int at, const char* path, mode_t mode), (at, path, mode))
NAMED(make, path, int, mknod, (const char* path, mode_t mode, dev_t device), (path, mode, device))
NAMED(make, path, int, mknodat, (int at, const char* path, mode_t mode, dev_t device), (at, path, mode, device))
CALL(fault_point(kind_make, "mkdtemp", path), NULL, char*, mkdtemp, (char* path), (path))
NAMED(remove, path, int, unlink, (const char* path), (path))
NAMED(remove, path, int, unlinkat, (int at, const char* path, int flags), (at, path, flags))
NAMED(remove, path, int, rmdir, (const char* path), (path))
NAMED(remove, path, int, remove, (const char* path), (path))

// Contents.
WRITE(ssize_t, write, (int file, const void* data, size_t bytes), file, bytes, file, data, bytes)
WRITE(ssize_t, pwrite64, (int file, const void* data, size_t bytes, off64_t at), file, bytes, file, data, bytes, at)
WRITE(ssize_t, sendfile, (int file, int from, off_t* at, size_t bytes), file, bytes, file, from, at, bytes)
WRITE(ssize_t, sendfile64, (int file, int from, off64_t* at, size_t bytes), file, bytes, file, from, at, bytes)
WRITE(ssize_t, copy_file_range, (int from, off64_t* a, int file, off64_t* b, size_t bytes, unsigned flags), file, bytes,
      from, a, file, b, bytes, flags)
CALL(is_file(file) ? fault_point_of(kind_write, "writev", file) : verdict_pass, -1, ssize_t, writev,
     (int file, const struct iovec* parts, int count), (file, parts, count))
NAMED(write, path, int, truncate, (const char* path, off_t size), (path, size))
NAMED(write, path, int, truncate64, (const char* path, off64_t size), (path, size))
OPENED(write, file, int, ftruncate, (int file, off_t size), (file, size))
OPENED(write, file, int, ftruncate64, (int file, off64_t size), (file, size))
OPENED(write, file, int, fallocate, (int file, int mode, off_t at, off_t size), (file, mode, at, size))
OPENED(write, file, int, fallocate64, (int file, int mode, off64_t at, off64_t size), (file, mode, at, size))
OPENED(sync, file, int, fsync, (int file), (file))
OPENED(sync, file, int, fdatasync, (int file), (file))
OPENED(sync, file, int, syncfs, (int file), (file))

// Attributes.
OPENED(attribute, file, int, fsetxattr, (int file, const char* name, const void* value, size_t size, int flags),
       (file, name, value, size, flags))
NAMED(attribute, path, int, lsetxattr, (const char* path, const char* name, const void* value, size_t size, int flags),
      (path, name, value, size, flags))
NAMED(attribute, path, int, setxattr, (const char* path, const char* name, const void* value, size_t size, int flags),
      (path, name, value, size, flags))
OPENED(attribute, file, int, fremovexattr, (int file, const char* name), (file, name))
NAMED(attribute, path, int, lremovexattr, (const char* path, const char* name), (path, name))
NAMED(attribute, path, int, removexattr, (const char* path, const char* name), (path, name))
NAMED(attribute, path, int, chmod, (const char* path, mode_t mode), (path, mode))
OPENED(attribute, file, int, fchmod, (int file, mode_t mode), (file, mode))
NAMED(attribute, path, int, fchmodat, (int at, const char* path, mode_t mode, int flags), (at, path, mode, flags))
NAMED(attribute, path, int, chown, (const char* path, uid_t user, gid_t group), (path, user, group))
OPENED(attribute, file, int, fchown, (int file, uid_t user, gid_t group), (file, user, group))
NAMED(attribute, path, int, fchownat, (int at, const char* path, uid_t user, gid_t group, int flags),
      (at, path, user, group, flags))
NAMED(attribute, path, int, utime, (const char* path, const struct utimbuf* times), (path, times))
NAMED(attribute, path, int, utimensat, (int at, const char* path, const struct timespec times[2], int flags),
      (at, path, times, flags))
OPENED(attribute, file, int, futimens, (int file, const struct timespec times[2]), (file, times))

// Mounts, and messages to the runner.
NAMED(mount, to, int, mount,
      (const char* from, const char* to, const char* type, unsigned long flags, const void* data),
      (from, to, type, flags, data))
NAMED(mount, path, int, umount2, (const char* path, int flags), (path, flags))
NAMED(mount, type, int, fsopen, (const char* type, unsigned flags), (type, flags))
OPENED(mount, context, int, fsconfig, (int context, unsigned command, const char* key, const void* value, int number),
       (context, command, key, value, number))
OPENED(mount, context, int, fsmount, (int context, unsigned flags, unsigned attributes), (context, flags, attributes))
NAMED(mount, path, int, open_tree, (int at, const char* path, unsigned flags), (at, path, flags))
NAMED(mount, to, int, move_mount, (int a, const char* from, int b, const char* to, unsigned flags),
      (a, from, b, to, flags))
NAMED(mount, path, int, mount_setattr,
      (int at, const char* path, unsigned flags, struct mount_attr* attributes, size_t size),
      (at, path, flags, attributes, size))
OPENED(message, socket, ssize_t, sendmsg, (int socket, const struct msghdr* message, int flags),
       (socket, message, flags))
OPENED(message, socket, ssize_t, recvmsg, (int socket, struct msghdr* message, int flags), (socket, message, flags))

/// The child of a process that is killed after making it lives on.
static void after_making(enum fault_verdict verdict, long child) {
    if (child != 0) fault_after(verdict);
}

NEXT(pid_t, fork, (void))
pid_t fork(void) {
    const enum fault_verdict verdict = fault_point(kind_process, "fork", "");
    if (verdict == verdict_fail) return -1;
    const pid_t child = next_fork();
    after_making(verdict, child);
    return child;
}

// Opening. What only reads passes.
#define OPEN(name, parameters, ...)                                                                            \
    NEXT(int, name, parameters)                                                                                \
    int name parameters {                                                                                      \
        va_list more;                                                                                          \
        va_start(more, flags);                                                                                 \
        const mode_t mode = (mode_t)va_arg(more, int);                                                         \
        va_end(more);                                                                                          \
        const enum fault_verdict verdict = writes(flags) ? fault_point(kind_open, #name, path) : verdict_pass; \
        if (verdict == verdict_fail) return -1;                                                                \
        const int file = next_##name(__VA_ARGS__, mode);                                                       \
        fault_after(verdict);                                                                                  \
        return file;                                                                                           \
    }
OPEN(open, (const char* path, int flags, ...), path, flags)
OPEN(open64, (const char* path, int flags, ...), path, flags)
OPEN(openat, (int at, const char* path, int flags, ...), at, path, flags)
OPEN(openat64, (int at, const char* path, int flags, ...), at, path, flags)
CALL(fault_point(kind_open, "mkstemp", path), -1, int, mkstemp, (char* path), (path))
#define STREAM(name)                                                                                   \
    CALL(strpbrk(mode, "wa+") ? fault_point(kind_open, #name, path) : verdict_pass, NULL, FILE*, name, \
         (const char* path, const char* mode), (path, mode))
STREAM(fopen)
STREAM(fopen64)

/// Calls that the C library has no name for.
static enum fault_verdict verdict_of(long number, const long* words) {
    const char* const text = (const char*)words[1];
    switch (number) {
        case SYS_openat2:
            return writes((int)((const struct open_how*)words[2])->flags) ? fault_point(kind_open, "openat2", text)
                                                                          : verdict_pass;
        case SYS_renameat2:
            return fault_point(kind_rename, "renameat2", (const char*)words[3]);
        case 452 /* fchmodat2, which this C library does not know */:
            return fault_point(kind_attribute, "fchmodat2", text);
        case SYS_open_tree:
            return fault_point(kind_mount, "open_tree", text);
        case SYS_clone:
            return fault_point(kind_process, "clone", "");
        case SYS_clone3:
            return fault_point(kind_process, "clone3", "");
        default:
            return verdict_pass;
    }
}

NEXT(long, syscall, (long number, ...))
long syscall(long number, ...) {
    long words[6];
    va_list more;
    va_start(more, number);
    for (int i = 0; i < 6; ++i) words[i] = va_arg(more, long);
    va_end(more);
    const enum fault_verdict verdict = verdict_of(number, words);
    if (verdict == verdict_fail) return -1;
    const long result = next_syscall(number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (number == SYS_clone || number == SYS_clone3)
        after_making(verdict, result);
    else
        fault_after(verdict);
    return result;
}

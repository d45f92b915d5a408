// Tries one thing that a step must not be able to do. usage: probe WHAT; exit status 0: refused, 1: it worked, 2:
// unknown.
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

static long attempt(const std::string& what) {
    char buffer[64] = {};
    if (what == "user-namespace") return unshare(CLONE_NEWUSER);
    if (what == "user-namespace-by-clone")
        return syscall(SYS_clone, CLONE_NEWUSER | 17, nullptr, nullptr, nullptr, nullptr);
    if (what == "user-namespace-by-clone3") {
        unsigned long arguments[8] = {CLONE_NEWUSER, 0, 0, 0, 17};
        return syscall(435, arguments, sizeof arguments);
    }
    if (what == "mount-namespace") return unshare(CLONE_NEWNS);
    if (what == "mount") return mount("none", "/tmp", "tmpfs", 0, nullptr);
    if (what == "remount") return mount("none", "/proc/sys", nullptr, MS_REMOUNT | MS_BIND, nullptr);
    if (what == "umount") return umount2("/proc/sys", MNT_DETACH);
    if (what == "move-mount") return syscall(429, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0);
    if (what == "open-tree") return syscall(428, AT_FDCWD, "/", 1);
    if (what == "setns") return setns(open("/proc/1/ns/mnt", O_RDONLY), 0);
    if (what == "chroot-out") return syscall(SYS_pivot_root, "/", "/tmp");
    if (what == "add-key") return syscall(SYS_add_key, "user", "name", "x", 1, KEY_SPEC_SESSION_KEYRING) < 0 ? -1 : 0;
    if (what == "keyring-of-the-user") return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1);
    if (what == "handle") return syscall(SYS_open_by_handle_at, AT_FDCWD, buffer, 0);
    if (what == "bpf") return syscall(SYS_bpf, 0, buffer, sizeof buffer);
    if (what == "perf") return syscall(SYS_perf_event_open, buffer, 0, -1, -1, 0);
    if (what == "userfaultfd") return syscall(SYS_userfaultfd, 0);
    if (what == "io-uring") return syscall(425, 8, buffer);
    if (what == "module") return syscall(SYS_finit_module, 0, "", 0);
    if (what == "kexec") return syscall(SYS_kexec_load, 0, 0, nullptr, 0);
    if (what == "reboot") return syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, nullptr);
    if (what == "clock") return syscall(SYS_clock_settime, 0, buffer);
    if (what == "hostname") return sethostname("evil", 4);
    if (what == "swap") return syscall(SYS_swapon, "/etc/passwd", 0);
    if (what == "raw-input") return syscall(SYS_iopl, 3);
    if (what == "terminal-input") return ioctl(open("/dev/tty", O_RDWR), TIOCSTI, "x");
    if (what == "input-of-the-stream") return ioctl(0, TIOCSTI, "x");
    if (what == "input-of-a-taken-stream") return setsid() + ioctl(0, TIOCSCTTY, 1) < 0 ? -1 : ioctl(0, TIOCSTI, "x");
    if (what == "more-capabilities") return prctl(PR_CAPBSET_READ, 21 /* CAP_SYS_ADMIN */) == 1 ? 0 : -1;
    std::fprintf(stderr, "unknown: %s\n", what.c_str());
    _exit(2);
}

int main(int count, char** words) {
    if (count != 2) return 2;
    const long result = attempt(words[1]);
    if (result == 0 && std::strstr(words[1], "clone")) _exit(1);
    if (result < 0) return 0;
    std::printf("%s worked\n", words[1]);
    return 1;
}

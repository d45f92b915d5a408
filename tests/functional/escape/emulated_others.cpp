// What an emulated step could do to other processes of its user, which are in no namespace that it is not in.
// usage: emulated_others VICTIM SEGMENT KEY FILE: a process, a segment of shared memory and the key of it and of a
// queue, and a file that is shown read-only. Prints what worked, and what a step must be able to do with its own and
// could not (LOST).
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

static void must_not(bool worked, const char* what) {
    if (worked) std::printf("WORKED: %s\n", what);
}
static void must(bool worked, const char* what) {
    if (!worked) std::printf("LOST: %s\n", what);
}

static void try_descriptors(pid_t victim) {
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "a pair of sockets");
    must(fcntl(pair[0], F_SETOWN, getpid()) == 0, "its own signals of a descriptor");
    must_not(fcntl(pair[0], F_SETOWN, victim) == 0, "F_SETOWN");
    must_not(fcntl(pair[0], F_SETOWN, -getpgid(0) - 100000) == 0, "F_SETOWN of a group");
    struct {
        int kind;
        pid_t number;
    } owner{1, victim};
    must_not(fcntl(pair[0], 15 /* F_SETOWN_EX */, &owner) == 0, "F_SETOWN_EX");
    must_not(ioctl(pair[0], 0x8901 /* FIOSETOWN */, &victim) == 0, "FIOSETOWN");
    must_not(ioctl(pair[0], 0x8902 /* SIOCSPGRP */, &victim) == 0, "SIOCSPGRP");
    int descriptor = -1;
    socklen_t size = sizeof descriptor;
    must_not(getsockopt(pair[0], SOL_SOCKET, 77 /* SO_PEERPIDFD */, &descriptor, &size) == 0, "SO_PEERPIDFD");
    must(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &descriptor, &size) == 0, "options of a socket");
}

static void try_memory(int segment, key_t key) {
    must_not(shmget(key, 0, 0) >= 0, "shared memory by its key");
    must_not(shmat(segment, nullptr, 0) != reinterpret_cast<void*>(-1), "shared memory by its number");
    shmid_ds status{};
    must_not(shmctl(segment, IPC_STAT, &status) >= 0, "looking at shared memory");
    must_not(shmctl(0, 13 /* SHM_STAT */, &status) >= 0 || shmctl(0, 14 /* SHM_INFO */, &status) >= 0,
             "all shared memory");
    const int own = shmget(key, 4096, IPC_CREAT | 0600);
    must(own >= 0 && shmget(key, 4096, 0) == own, "shared memory with a key");
    must_not(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600) >= 0, "the same key twice");
    char* const text = static_cast<char*>(shmat(own, nullptr, 0));
    if (text == reinterpret_cast<char*>(-1)) return must(false, "attaching its own memory");
    if (fork() == 0) {
        std::strcpy(text, "child");
        _exit(0);
    }
    wait(nullptr);
    must(std::strcmp(text, "child") == 0, "sharing memory with a child");
    must(shmctl(own, IPC_STAT, &status) == 0 && status.shm_segsz == 4096, "looking at its own memory");
    must(shmctl(own, IPC_RMID, nullptr) == 0 && shmget(key, 0, 0) < 0, "removing its own memory");
}

static void try_queues(key_t key) {
    must_not(msgget(key, 0) >= 0, "a queue of somebody else");
    struct {
        long kind;
        char text[8];
    } message{1, "hello"}, got{};
    const int queue = msgget(key, IPC_CREAT | 0600);
    must(msgsnd(queue, &message, 8, 0) == 0 && msgrcv(queue, &got, 8, 0, 0) == 8 && std::strcmp(got.text, "hello") == 0,
         "its own queue");
    must(msgctl(queue, IPC_RMID, nullptr) == 0, "removing its own queue");
    const int semaphore = semget(IPC_PRIVATE, 1, 0600);
    sembuf up{0, 1, 0}, down{0, -1, 0};
    must(semop(semaphore, &up, 1) == 0 && semctl(semaphore, 0, GETVAL) == 1 && semop(semaphore, &down, 1) == 0,
         "its own semaphore");
    must(semctl(semaphore, 0, IPC_RMID) == 0, "removing its own semaphore");
}

static void try_processes(pid_t victim) {
    must_not(setpriority(PRIO_PROCESS, victim, 19) == 0, "setpriority");
    must_not(setpriority(PRIO_USER, 0, 19) == 0, "setpriority of all of the user");
    must(setpriority(PRIO_PROCESS, 0, 1) == 0, "its own priority");
    must_not(syscall(SYS_ioprio_set, 1, victim, 3 << 13) == 0, "ioprio_set");
    must_not(syscall(SYS_ioprio_set, 3, 0, 3 << 13) == 0, "ioprio_set of all of the user");
    must_not(getsid(victim) >= 0 || getpgid(victim) >= 0, "the session of another one");
    must(getsid(0) >= 0 && getpgid(getpid()) >= 0, "its own session");
    unsigned long mask[16] = {};
    must_not(syscall(SYS_sched_getaffinity, victim, sizeof mask, mask) >= 0, "sched_getaffinity");
    must(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) >= 0, "its own affinity");
    must_not(kill(victim, 0) == 0, "kill");
    timespec time{};
    must_not(clock_gettime(static_cast<clockid_t>(~victim << 3 | 2), &time) == 0, "the clock of another one");
    clockid_t own = 0;
    must(clock_getcpuclockid(getpid(), &own) == 0 && clock_gettime(own, &time) == 0, "its own clock");
    unsigned long request[4] = {24, ~0UL, 0, 0}, ids[16];
    must_not(syscall(458 /* listmount */, request, ids, 16, 0) >= 0, "listmount");
}

static void try_file(const char* path) {
    const int file = open(path, O_RDONLY);
    must(file >= 0, "reading a file that is shown");
    int flags = 0;
    if (ioctl(file, FS_IOC_GETFLAGS, &flags) == 0) flags |= FS_NODUMP_FL;
    must_not(ioctl(file, FS_IOC_SETFLAGS, &flags) == 0, "FS_IOC_SETFLAGS through a read-only mount");
    must_not(fcntl(file, F_SETLEASE, F_RDLCK) == 0, "a lease, which keeps others from writing");
    must_not(fcntl(file, F_NOTIFY, DN_MULTISHOT | DN_MODIFY) == 0, "F_NOTIFY");
    int given = 0;
    must(ioctl(file, FIONREAD, &given) == 0, "an ordinary ioctl");
}

int main(int count, char** words) {
    if (count != 5) return 2;
    setvbuf(stdout, nullptr, _IONBF, 0);
    const pid_t victim = std::atoi(words[1]);
    const key_t key = std::atoi(words[3]);
    try_descriptors(victim);
    try_memory(std::atoi(words[2]), key);
    try_queues(key);
    try_processes(victim);
    try_file(words[4]);
    std::puts("tried all");
}

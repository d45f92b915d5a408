// Tries to reach something outside of a container. usage: reach WHAT NUMBER-OR-NAME; exit status 0: reached.
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

// The owner of a process, for files: what /proc/PID/root asks for first.
static unsigned owner_of(const std::string& process) {
    std::FILE* status = std::fopen(("/proc/" + process + "/status").c_str(), "r");
    char line[256];
    unsigned uid = 0;
    while (status != nullptr && std::fgets(line, sizeof line, status)) std::sscanf(line, "Uid: %u", &uid);
    return uid;
}

static bool reach_root(const std::string& process) {
    setfsuid(owner_of(process));
    const int root = open(("/proc/" + process + "/root").c_str(), O_PATH | O_DIRECTORY);
    setfsuid(0);
    return root >= 0 && faccessat(root, "etc/passwd", F_OK, 0) == 0;
}

static bool reach_memory(const std::string& number) {
    return shmat(std::atoi(number.c_str()), nullptr, SHM_RDONLY) != reinterpret_cast<void*>(-1);
}

static bool reach_socket(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.c_str(), name.size());
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    return connect(fd, reinterpret_cast<sockaddr*>(&address),
                   static_cast<unsigned>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) == 0;
}

// Limits of another process: what it had already, so that nothing happens to it.
static bool reach_limits(const std::string& process) {
    rlimit limits{};
    return prlimit(std::atoi(process.c_str()), RLIMIT_CORE, nullptr, &limits) == 0 &&
           prlimit(std::atoi(process.c_str()), RLIMIT_CORE, &limits, nullptr) == 0;
}

static bool reach_file(const std::string& process, const std::string& name, const std::string& value) {
    const int file = open(("/proc/" + process + "/" + name).c_str(), O_WRONLY);
    return file >= 0 && write(file, value.data(), value.size()) > 0;
}

int main(int count, char** words) {
    if (count != 3) return 2;
    const std::string what = words[1];
    const bool reached = what == "root"     ? reach_root(words[2])
                         : what == "memory" ? reach_memory(words[2])
                         : what == "signal" ? kill(std::atoi(words[2]), 0) == 0
                         : what == "socket" ? reach_socket(words[2])
                         : what == "limits" ? reach_limits(words[2])
                         : what == "oom"    ? reach_file(words[2], "oom_score_adj", "500")
                         : what == "dump"   ? reach_file(words[2], "coredump_filter", "0x1")
                         : what == "nice"   ? setpriority(PRIO_USER, 0, 1) == 0
                                            : (std::puts("unknown"), true);
    std::printf("%s: %s\n", reached ? "reached" : "refused", what.c_str());
    return reached ? 0 : 1;
}

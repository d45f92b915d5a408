#include "runtime/container/isolation/oci_runtime.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/container/cgroup/cgroup_use.hpp"
#include "runtime/container/exit_report.hpp"
#include "runtime/container/isolation/container_mounts.hpp"
#include "runtime/container/isolation/monitor.hpp"
#include "runtime/container/isolation/mount_targets.hpp"
#include "runtime/container/isolation/oci_bundle.hpp"
#include "runtime/container/status_message.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/mounts.hpp"
#include "runtime/sys/namespaces.hpp"
#include "runtime/sys/packet.hpp"
#include "runtime/sys/path_in_root.hpp"
#include "runtime/sys/seccomp.hpp"

namespace runtime {
namespace {

constexpr const char* log_file = "log";
constexpr const char* pid_file = "pid";
constexpr const char* console_socket = "console";

/// The path by which programs that this process starts find one of its descriptors.
std::string path_of(const Fd& file) {
    return fmt::format("/proc/{}/fd/{}", ::getpid(), file.get());
}

/// Takes a mount away; inside a user namespace, where one from outside may not be, it is covered.
void hide(const char* path) {
    if (::umount2(path, MNT_DETACH) == 0) return;
    const auto folder = open_if_exists(path, O_PATH | O_DIRECTORY);
    if (!folder) return;
    FilesystemContext empty("tmpfs");
    attach_mount(empty.mount(MOUNT_ATTR_RDONLY), *folder);
}

class OciRun {
public:
    OciRun(SetupState& state, const Fd& status, const Fd& report)
        : state_(state), spec_(state.spec), status_(status), report_(report) {}

    void run(const char*& step);

private:
    void make_place();
    void prepare_root();
    void write_bundle();
    std::string attach_source(std::size_t number);
    void listen_for_terminal();
    void take_terminal();
    void create();
    void note_cgroups();
    void start();
    void finish();
    int call(const std::vector<std::string>& arguments);
    void confine_runtime() const;
    [[noreturn]] void throw_refused(const char* what, int exit_code) const;
    std::string complaint() const;

    SetupState& state_;
    const ContainerSpec& spec_;
    const Fd& status_;
    const Fd& report_;
    ExitReport result_;
    Fd terminal_listener_;
    pid_t process_ = -1;
};

void OciRun::run(const char*& step) {
    step = "make a place for the bundle";
    make_place();
    step = "prepare the root";
    prepare_root();
    step = "write the bundle";
    write_bundle();
    step = "create the container";
    try {
        create();
        take_terminal();
        send_process(status_, Fd(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0U))));
        send_message(status_, StatusMessage::made_paths, state_.made);
        step = "start the container";
        start();
    } catch (const Error&) {
        call({"delete", "--force", spec_.oci.id});
        end_descendants();
        throw;
    }
    finish();
}

/// A file system in memory over the scratch folder: nothing of the bundle touches a disk, and all goes with this mount
/// namespace.
void OciRun::make_place() {
    if (spec_.namespaces.pid.mode == NamespaceChoice::Mode::fresh) {
        FilesystemContext proc("proc");
        attach_mount(proc.mount(0), open_path("/proc", O_PATH | O_DIRECTORY));
    }
    become_monitor();
    // Some runtimes refuse a host with controllers in both versions of cgroups; the second is out of their sight here.
    if (!is_cgroup_version_2()) hide("/sys/fs/cgroup/unified");
    FilesystemContext memory("tmpfs");
    memory.set("mode", "711");
    attach_mount(memory.mount(MOUNT_ATTR_NOSUID), open_path(spec_.scratch_folder, O_PATH | O_DIRECTORY));
    if (::chdir(spec_.scratch_folder.c_str()) != 0) throw SystemError("cannot enter {}", quoted(spec_.scratch_folder));
    for (const char* folder : {"sources", "state", "scratch"})
        if (::mkdir(folder, 0700) != 0) throw SystemError("cannot make the folder {}", folder);
    state_.scratch_folder = spec_.scratch_folder + "/scratch";
}

/// The targets of mounts are made here and not by the runtime, so that they can be taken away again.
void OciRun::prepare_root() {
    mount_the_root(state_);
    for (const char* folder : {"proc", "sys", "dev"}) standard_folder(state_.root, folder);
    for (const MountSpec& mount : spec_.mounts) {
        check_bundle_target(spec_, mount, mount.target);
        if (is_below_standard_folder(mount.target)) continue;
        const Fd place = mount_place(state_, mount.target, mount.is_folder);
        check_bundle_target(spec_, mount, path_below(state_.root, place));
    }
    make_in_root(state_.root, spec_.working_directory, true);
}

/// Makes a mount a place that the bundle can name, and gives its path.
std::string OciRun::attach_source(std::size_t number) {
    const MountSpec& mount = spec_.mounts[number];
    if (mount.kind == MountSpec::Kind::tmpfs) return "";
    const Fd tree = make_mount_tree(state_, mount);
    const std::string path = fmt::format("{}/sources/{}", spec_.scratch_folder, number);
    if (S_ISDIR(stat_of(tree).st_mode)) {
        if (::mkdir(path.c_str(), 0700) != 0) throw SystemError("cannot make {}", quoted(path));
    } else {
        open_path(path, O_WRONLY | O_CREAT, 0600);
    }
    attach_mount(tree, open_path(path, O_PATH));
    return path;
}

void OciRun::write_bundle() {
    BundlePlaces places;
    places.root = spec_.mount_point;
    for (std::size_t i = 0; i < spec_.mounts.size(); ++i) places.mount_sources.push_back(attach_source(i));
    for (const Fd& source : state_.mount_sources) places.namespace_sources.push_back(path_of(source));
    if (state_.sandbox.isolated_network) places.isolated_network = path_of(state_.sandbox.isolated_network);
    places.starts_in_sandbox = true;
    places.binds_sys = in_user_namespace();
    // Where cgroups may not be made, runtimes do without them only if none is named.
    const bool needs_cgroup = !spec_.limits.empty() || !spec_.oci.cgroup_parent.empty() || !in_user_namespace();
    if (needs_cgroup)
        places.cgroup_path = (spec_.oci.cgroup_parent.empty() ? "" : spec_.oci.cgroup_parent + "/") + spec_.oci.id;
    const Fd file = open_path("config.json", O_WRONLY | O_CREAT, 0600);
    write_all(file, make_oci_config(spec_, places), "config.json");
}

/// In the process that becomes the runtime.
void OciRun::confine_runtime() const {
    if (spec_.seccomp_program.empty()) return;
    try {
        install_seccomp(spec_.seccomp_program);
    } catch (const Error& error) {
        write_all(Fd(::dup(STDERR_FILENO)), std::string(error.what()) + "\n", "standard error");
        ::_exit(126);
    }
}

/// Calls the runtime with its streams those of the container, as they become the container's.
int OciRun::call(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {spec_.oci.program};
    words.insert(words.end(), spec_.oci.flags.begin(), spec_.oci.flags.end());
    for (const char* word : {"--root", "state", "--log", log_file, "--log-format", "json"}) words.emplace_back(word);
    words[words.size() - 5] = spec_.scratch_folder + "/state";
    words.insert(words.end(), arguments.begin(), arguments.end());
    const pid_t child = ::fork();
    if (child < 0) throw SystemError("cannot make a process");
    if (child == 0) {
        sigset_t none;
        ::sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        confine_runtime();
        ::execv(words.front().c_str(), pointers.data());
        ::_exit(127);
    }
    rusage usage{};
    const int status = keep(child, usage, false);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The last error of the runtime's log: a line a message, JSON.
std::string OciRun::complaint() const {
    const std::string text = read_file_if_exists(log_file).value_or("");
    std::string last;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        const auto line = nlohmann::json::parse(text.substr(start, end - start), nullptr, false);
        if (line.is_object() && line.value("level", "error") == "error") last = line.value("msg", last);
        start = end + 1;
    }
    return last;
}

void OciRun::throw_refused(const char* what, int exit_code) const {
    const std::string said = complaint();
    const auto says = [&](const char* words) { return said.find(words) != std::string::npos; };
    Error error("{} cannot {} the container (exit code {}){}{}", spec_.oci.program, what, exit_code,
                said.empty() ? "" : ": ", said);
    if (says("executable file") || says("exec")) {
        if (says("not found") || says("o such file")) error.with_exit_code(127);
        if (says("ermission denied")) error.with_exit_code(126);
    }
    if (says("cgroup"))
        error.with_hint(
            "the runtime cannot use this host's cgroups; --runtime-flag can give it another cgroup manager");
    throw error;
}

void OciRun::listen_for_terminal() {
    if (!spec_.terminal) return;
    terminal_listener_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, console_socket);
    if (!terminal_listener_ ||
        ::bind(terminal_listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(terminal_listener_.get(), 1) != 0)
        throw SystemError("cannot listen for the container's terminal");
}

/// The runtime has sent it before it was done with `create`.
void OciRun::take_terminal() {
    if (!spec_.terminal) return;
    const Fd connection(::accept4(terminal_listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) throw SystemError("the runtime has not sent the container's terminal");
    const auto packet = receive_packet(connection);
    if (!packet || packet->descriptors.empty()) throw Error("the runtime has sent no terminal");
    const Fd& terminal = packet->descriptors.front();
    winsize size{};
    if (::ioctl(0, TIOCGWINSZ, &size) == 0 || ::ioctl(1, TIOCGWINSZ, &size) == 0)
        ::ioctl(terminal.get(), TIOCSWINSZ, &size);
    send_packet(status_, std::string(1, static_cast<char>(StatusMessage::terminal)), {&terminal});
}

void OciRun::create() {
    listen_for_terminal();
    std::vector<std::string> words = {"create", "--bundle", spec_.scratch_folder, "--pid-file", pid_file};
    if (spec_.terminal) words.insert(words.end(), {"--console-socket", console_socket});
    if (spec_.oci.no_pivot) words.emplace_back("--no-pivot");
    words.push_back(spec_.oci.id);
    note_cgroups();
    if (const int code = call(words); code != 0) throw_refused("create", code);
    const std::string pid = read_file(pid_file);
    std::from_chars(pid.data(), pid.data() + pid.size(), process_);
    if (process_ <= 0) throw Error("{} has left no process number", spec_.oci.program);
}

/// Where this process is ended before the runtime can remove them, the runner does.
void OciRun::note_cgroups() {
    result_.exit_code = 128 + SIGKILL;
    result_.signal = SIGKILL;
    result_.cgroup_folders = places_of_cgroup(spec_.oci.cgroup_parent, spec_.oci.id);
    write_report(report_, result_);
}

void OciRun::start() {
    if (const int code = call({"start", spec_.oci.id}); code != 0) throw_refused("start", code);
}

void OciRun::finish() {
    rusage usage{};
    const int status = keep(process_, usage, true);
    ExitReport report = make_exit_report(status, usage);
    report.cgroup_folders = result_.cgroup_folders;
    report.memory_kills = count_memory_kills(report.cgroup_folders);
    take_larger(report.use, read_cgroup_use(report.cgroup_folders));
    call({"delete", "--force", spec_.oci.id});
    end_descendants();
    write_report(report_, report);
}

}  // namespace

void run_by_oci_runtime(SetupState& state, const Fd& status, const Fd& report, const char*& step) {
    OciRun(state, status, report).run(step);
}

}  // namespace runtime

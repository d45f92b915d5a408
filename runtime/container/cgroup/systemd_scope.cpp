#include "runtime/container/cgroup/systemd_scope.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace runtime {
namespace {

// What of libsystemd is used: sd-bus(3). It is loaded, and not linked, so that starting costs nothing.
struct Bus;
struct Message;
struct BusError {
    const char* name;
    const char* message;
    int needs_free;
};

struct BusLibrary {
    int (*make)(Bus**);
    int (*set_address)(Bus*, const char*);
    int (*set_bus_client)(Bus*, int);
    int (*start)(Bus*);
    int (*call_method)(Bus*, const char* destination, const char* path, const char* interface, const char* member,
                       BusError*, Message** reply, const char* types, ...);
    Bus* (*flush_close_unref)(Bus*);
    Message* (*message_unref)(Message*);
    void (*error_free)(BusError*);
};

template <typename Function>
void look_up(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library, name));
    if (function == nullptr) throw Error("libsystemd has no function {}", name);
}

BusLibrary load() {
    void* const library = ::dlopen("libsystemd.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr)
        throw Error("cannot load libsystemd: {}", ::dlerror()).with_hint("install it: apt-get install libsystemd0");
    BusLibrary functions{};
    look_up(library, "sd_bus_new", functions.make);
    look_up(library, "sd_bus_set_address", functions.set_address);
    look_up(library, "sd_bus_set_bus_client", functions.set_bus_client);
    look_up(library, "sd_bus_start", functions.start);
    look_up(library, "sd_bus_call_method", functions.call_method);
    look_up(library, "sd_bus_flush_close_unref", functions.flush_close_unref);
    look_up(library, "sd_bus_message_unref", functions.message_unref);
    look_up(library, "sd_bus_error_free", functions.error_free);
    return functions;
}

const BusLibrary& bus_library() {
    static const BusLibrary functions = load();
    return functions;
}

struct CloseBus {
    void operator()(Bus* bus) const noexcept { bus_library().flush_close_unref(bus); }
};
using BusHandle = std::unique_ptr<Bus, CloseBus>;

struct Address {
    std::string text;
    bool is_bus;  ///< a message bus lies between; else it is systemd itself
};

/// systemd's own socket first: it is there without a message bus too.
std::vector<Address> addresses(const ScopeRequest& request) {
    if (!request.user)
        return {{"unix:path=/run/systemd/private", false}, {"unix:path=/run/dbus/system_bus_socket", true}};
    const std::string folder = fmt::format("/run/user/{}", *request.user);
    std::vector<Address> all = {{"unix:path=" + folder + "/systemd/private", false}};
    if (const char* const said = std::getenv("DBUS_SESSION_BUS_ADDRESS")) all.push_back({said, true});
    all.push_back({"unix:path=" + folder + "/bus", true});
    return all;
}

BusHandle connect(const ScopeRequest& request) {
    const BusLibrary& library = bus_library();
    int number = 0;
    for (const Address& address : addresses(request)) {
        Bus* made = nullptr;
        if (library.make(&made) < 0) throw Error("cannot make a connection to systemd");
        BusHandle bus(made);
        library.set_address(bus.get(), address.text.c_str());
        library.set_bus_client(bus.get(), address.is_bus ? 1 : 0);
        const int result = library.start(bus.get());
        if (result >= 0) return bus;
        number = -result;
    }
    SystemError error(SystemError::Number{number}, "cannot reach {}", request.user ? "the user's systemd" : "systemd");
    if (request.user)
        error.with_hint(
            fmt::format("a user has one while logged in, or always after: loginctl enable-linger {}", *request.user));
    throw error;
}

void ask(const ScopeRequest& request) {
    const BusLibrary& library = bus_library();
    const BusHandle bus = connect(request);
    BusError error{};
    Message* reply = nullptr;
    // What a scope of systemd-run has: Delegate, so that there may be cgroups below it, and nothing is remembered of
    // it.
    const int result = library.call_method(bus.get(), "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                           "org.freedesktop.systemd1.Manager", "StartTransientUnit", &error, &reply,
                                           "ssa(sv)a(sa(sv))", request.name.c_str(), "fail", 5,           //
                                           "Description", "s", "steps of a build of builder",             //
                                           "PIDs", "au", 1, static_cast<std::uint32_t>(request.process),  //
                                           "Slice", "s", request.slice.c_str(),                           //
                                           "Delegate", "b", 1,                                            //
                                           "CollectMode", "s", "inactive-or-failed", 0);
    const std::string said = error.message != nullptr ? error.message : "";
    library.error_free(&error);
    library.message_unref(reply);
    if (result < 0)
        throw SystemError(SystemError::Number{-result}, "systemd makes no scope in {}{}", quoted(request.slice),
                          said.empty() ? "" : ": " + said);
}

/// The path of a process in the hierarchy of version 2.
std::string cgroup_of(pid_t process) {
    const std::string text = read_file_if_exists(fmt::format("/proc/{}/cgroup", process)).value_or("");
    const std::string with_start = "\n" + text;
    const std::size_t start = with_start.find("\n0::");
    if (start == std::string::npos) return "";
    return with_start.substr(start + 4, with_start.find('\n', start + 4) - start - 4);
}

bool has_attribute(const std::string& folder, const char* name) {
    std::array<char, 8> value{};
    return ::getxattr(folder.c_str(), name, value.data(), value.size()) == 1 && value[0] == '1';
}

}  // namespace

bool systemd_runs() {
    struct stat status {};
    return ::lstat("/run/systemd/system", &status) == 0 && S_ISDIR(status.st_mode);
}

std::string start_scope(const ScopeRequest& request) {
    ask(request);
    // The answer comes when the job is taken down, and the move some milliseconds later.
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    for (useconds_t pause = 500; Clock::now() < deadline; pause = std::min<useconds_t>(2 * pause, 20'000)) {
        std::string path = cgroup_of(request.process);
        if (path.ends_with("/" + request.name)) return path;
        ::usleep(pause);
    }
    throw Error("systemd has not moved the steps into the scope {}", quoted(request.name))
        .with_hint("systemctl status and the journal say why; --cgroup-manager cgroupfs does without it");
}

bool is_delegated(const std::string& folder) {
    return has_attribute(folder, "trusted.delegate") || has_attribute(folder, "user.delegate");
}

std::string path_of_slice(const std::string& slice) {
    const auto refuse = [&] {
        return Error("{} is no name of a slice of systemd", quoted(slice))
            .with_hint("as machine.slice, or user-builds.slice");
    };
    constexpr std::string_view ending = ".slice";
    if (!slice.ends_with(ending) || slice.find('/') != std::string::npos) throw refuse();
    const std::string name = slice.substr(0, slice.size() - ending.size());
    if (name == "-") return "";
    std::string path;
    for (std::size_t end = name.find('-');; end = name.find('-', end + 1)) {
        const std::string above = name.substr(0, end);
        if (above.empty() || above.ends_with("-")) throw refuse();
        path += "/" + above + std::string(ending);
        if (end == std::string::npos) return path;
    }
}

}  // namespace runtime

#include "runtime/container/network/pasta.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <sstream>
#include <thread>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/privileges.hpp"
#include "runtime/sys/program.hpp"

namespace runtime {
namespace {

constexpr int start_timeout_milliseconds = 10'000;

/// What pasta would forward by itself, in the two forms of each option. It takes each only once.
constexpr std::array<std::pair<const char*, const char*>, 4> forwarded_ports = {
    {{"-t", "--tcp-ports"}, {"-u", "--udp-ports"}, {"-T", "--tcp-ns"}, {"-U", "--udp-ns"}}};

bool names_one(const std::vector<std::string>& options, std::string_view letter, std::string_view name) {
    return std::any_of(options.begin(), options.end(), [&](const std::string& option) {
        return option.starts_with(letter) || option.starts_with(name);
    });
}

/// As root it would become nobody, who may neither enter a namespace of root's nor, on many hosts, open the device. It
/// gives up what it does not need by itself: capabilities, its root folder, system calls.
std::vector<std::string> command_line(const std::string& folder, const std::string& place,
                                      const PastaOptions& options) {
    std::vector<std::string> words = {"pasta", "--config-net", "--quiet", "--foreground", "--no-netns-quit"};
    if (acquire_rights().level == Privileges::root) words.insert(words.end(), {"--runas", "0", "--netns-only"});
    for (const auto& [letter, name] : forwarded_ports)
        if (!names_one(options.words, letter, name)) words.insert(words.end(), {letter, "none"});
    if (!options.reaches_host) words.emplace_back("--no-map-gw");
    if (!options.forwarded_names.empty()) words.insert(words.end(), {"--dns-forward", options.forwarded_names});
    words.insert(words.end(), {"--log-file", folder + "/log", "--pid", folder + "/pid"});
    words.insert(words.end(), options.words.begin(), options.words.end());
    words.insert(words.end(), {"--netns", place});
    return words;
}

/// The errors in its log, "0.4960: ERROR:   External interface not usable", without the rest of each line.
std::string last_words(const std::string& folder) {
    std::istringstream lines(read_file_if_exists(folder + "/log").value_or(""));
    std::string words;
    constexpr std::string_view mark = "ERROR:";
    for (std::string line; std::getline(lines, line);) {
        const auto found = line.find(mark);
        if (found == std::string::npos) continue;
        const auto start = line.find_first_not_of(' ', found + mark.size());
        if (start != std::string::npos) words += (words.empty() ? "" : "; ") + line.substr(start);
    }
    return words.empty() ? "it does not say why; are the options right?" : words;
}

/// It writes its number when everything is set up.
void wait_until_ready(BackgroundProgram& program, const std::string& folder, const StopSource& stop) {
    for (int waited = 0; waited < start_timeout_milliseconds; ++waited) {
        if (!read_file_if_exists(folder + "/pid").value_or("").empty()) return;
        if (program.has_ended()) throw Error("pasta could not connect the network: {}", last_words(folder));
        pollfd polled{stop.descriptor().get(), POLLIN, 0};
        ::poll(&polled, 1, 1);
        stop.throw_if_stopped();
    }
    throw Error("pasta has not connected the network within {} seconds", start_timeout_milliseconds / 1000);
}

/// Gives the network namespace a name, as pasta may not look into this process; in a mount namespace of this thread
/// alone, so that nothing is left of it whatever happens.
void name_namespace(const Fd& network_namespace, const std::string& place) {
    open_path(place, O_WRONLY | O_CREAT, 0600);
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        throw SystemError("cannot make a mount namespace");
    if (::mount(fd_path(network_namespace).c_str(), place.c_str(), nullptr, MS_BIND, nullptr) != 0)
        throw SystemError("cannot give the network namespace a name");
}

}  // namespace

std::string refusal_of_pasta() {
    if (find_program("pasta").empty()) return "pasta is not installed (package passt)";
    if (!Fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC))) return "/dev/net/tun may not be opened, which pasta needs";
    return "";
}

/// pasta ends with the thread that started it; steps come from threads that end before the build does.
struct PastaConnection::Keeper {
    std::promise<void> started;
    std::promise<void> over;
    std::thread thread;

    void run(const Fd& network_namespace, const std::string& folder, const PastaOptions& options,
             const StopSource& stop) {
        try {
            const std::string place = folder + "/namespace";
            name_namespace(network_namespace, place);
            BackgroundProgram program(command_line(folder, place, options), BackgroundProgram::Complaints::dropped);
            wait_until_ready(program, folder, stop);
            started.set_value();
            over.get_future().wait();
        } catch (...) {
            started.set_exception(std::current_exception());
        }
    }
};

PastaConnection::PastaConnection(const Fd& network_namespace, const std::string& folder, const PastaOptions& options,
                                 const StopSource& stop)
    : keeper_(std::make_unique<Keeper>()) {
    keeper_->thread = std::thread([&] { keeper_->run(network_namespace, folder, options, stop); });
    try {
        keeper_->started.get_future().get();
    } catch (...) {
        keeper_->thread.join();
        throw;
    }
}

PastaConnection::~PastaConnection() {
    keeper_->over.set_value();
    keeper_->thread.join();
}

}  // namespace runtime

#include "builder/build/preprocess.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;
using runtime::quoted;

constexpr std::size_t output_limit_bytes = 16U << 20;

/// A file in memory: what is in it is there as a whole, so that nobody waits for anybody.
Fd memory_file(const char* name) {
    Fd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file) throw runtime::SystemError("cannot make a file in memory");
    return file;
}

class SpawnSetup {
public:
    SpawnSetup() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        // The signals that the program takes elsewhere are blocked in its threads, but not in what it starts.
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
    }
    ~SpawnSetup() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnSetup(const SpawnSetup&) = delete;
    SpawnSetup& operator=(const SpawnSetup&) = delete;

    void connect(const Fd& file, int number) { ::posix_spawn_file_actions_adddup2(&actions_, file.get(), number); }
    pid_t start(const std::vector<std::string>& words) const {
        std::vector<char*> arguments;
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        pid_t process = -1;
        const int error =
            ::posix_spawnp(&process, arguments.front(), &actions_, &attributes_, arguments.data(), environ);
        if (error == ENOENT)
            throw Error("the program {} is not there", quoted(words.front()))
                .with_hint(
                    "a Containerfile that ends in .in needs the C preprocessor; install it, or preprocess the file "
                    "yourself");
        if (error != 0)
            throw runtime::SystemError(runtime::SystemError::Number{error}, "cannot start {}", quoted(words.front()));
        return process;
    }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0)
        if (errno != EINTR) throw runtime::SystemError("cannot wait for cpp");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string content(const Fd& file) {
    ::lseek(file.get(), 0, SEEK_SET);
    return runtime::read_file(file, "the output of cpp", output_limit_bytes);
}

}  // namespace

std::string preprocess(const std::string& name, const std::string& text, const std::string& context_folder,
                       const PreprocessOptions& options) {
    std::vector<std::string> words = {"cpp"};
    words.insert(words.end(), options.flags.begin(), options.flags.end());
    for (const char* word : {"-E", "-iquote"}) words.emplace_back(word);
    words.push_back(context_folder.empty() ? "." : context_folder);
    for (const char* word : {"-traditional", "-undef", "-"}) words.emplace_back(word);
    const Fd input = memory_file("input");
    const Fd output = memory_file("output");
    const Fd complaints = memory_file("complaints");
    runtime::write_all(input, text, "the input of cpp");
    ::lseek(input.get(), 0, SEEK_SET);
    SpawnSetup setup;
    setup.connect(input, STDIN_FILENO);
    setup.connect(output, STDOUT_FILENO);
    setup.connect(complaints, STDERR_FILENO);
    const int exit_code = wait_for(setup.start(words));
    std::string result = content(output);
    const std::string said = content(complaints);
    const bool is_fatal =
        said.find("fatal error:") != std::string::npos || said.find("error: #error") != std::string::npos;
    if (is_fatal || (exit_code != 0 && result.empty())) {
        Error error("cpp cannot preprocess {} (exit code {})", quoted(name), exit_code);
        if (!said.empty()) error.with_output(said);
        throw error;
    }
    if (!said.empty() && options.notice) options.notice("cpp says of " + quoted(name) + ": " + said);
    return result;
}

}  // namespace builder

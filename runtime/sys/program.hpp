// Other programs, run to their end: git, cpp, credential helpers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

struct ProgramRequest {
    std::vector<std::string> words;  ///< the program, looked up in PATH, and its arguments
    /// "NAME=value"; nothing: this process's own environment.
    std::optional<std::vector<std::string>> environment = std::nullopt;
    std::string folder = {};  ///< where it works; empty: here
    std::string input = {};   ///< what it reads on standard input
    std::size_t output_limit_bytes = 16U << 20;
    mode_t umask = 022;
};

struct ProgramResult {
    int exit_code = 0;  ///< 128 and the signal's number where one ended it
    std::string output;
    std::string complaints;  ///< what it wrote to standard error
};

/// Runs a program and waits for it. It is a process group of its own, which is ended when stop is asked for, and when
/// the calling thread goes. Only the three standard descriptors are open in it, and no signal is blocked.
/// Throws Error where the program is not there or cannot be started, where it says more than the limit, and where stop
/// was asked for. A program that fails is no error here.
ProgramResult run_program(const ProgramRequest& request, const StopSource* stop = nullptr);

/// A program that runs beside this one until this object goes, or the thread that made it; then it is ended with all
/// that it started.
class BackgroundProgram {
public:
    enum class Complaints { shown, dropped };
    /// Starts it with pipes as standard input and output; what it complains of goes to this process's standard error,
    /// or nowhere. Throws Error where it is not there or cannot be started.
    explicit BackgroundProgram(const std::vector<std::string>& words, Complaints complaints = Complaints::shown);
    ~BackgroundProgram();
    BackgroundProgram(const BackgroundProgram&) = delete;
    BackgroundProgram& operator=(const BackgroundProgram&) = delete;

    /// Waits for a line on its standard output; nothing where it ends before.
    std::optional<std::string> read_line();
    bool has_ended() const;

private:
    Fd input_;
    Fd output_;
    pid_t process_;
};

/// The path of a program, as execvp would find it; empty where there is none.
std::string find_program(const std::string& name);

/// This process's environment as "NAME=value".
std::vector<std::string> own_environment();

}  // namespace runtime

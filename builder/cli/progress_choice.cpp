// Which of the forms of progress a build has.
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "builder/cli/build_progress.hpp"
#include "builder/cli/json_progress.hpp"
#include "builder/cli/pipe_progress.hpp"
#include "builder/cli/progress.hpp"
#include "builder/cli/raw_json_progress.hpp"
#include "builder/cli/terminal_progress.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

/// Whether a variable is set and not empty.
bool is_set(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

bool can_move_the_cursor(int descriptor) {
    const char* const terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && terminal != nullptr && *terminal != '\0' &&
           std::string_view(terminal) != "dumb";
}

/// no-color.org, and CLICOLOR=0.
bool has_colours() {
    const char* const wish = std::getenv("CLICOLOR");
    return !is_set("NO_COLOR") && (wish == nullptr || std::string_view(wish) != "0");
}

std::unique_ptr<BuildProgress> make_terminal(int descriptor, const PipeLines& lines) {
    if (can_move_the_cursor(descriptor))
        return std::make_unique<TerminalProgress>(descriptor, has_colours(), lines.explains);
    return std::make_unique<Progress>(has_colours() ? ProgressMode::coloured : ProgressMode::plain, descriptor);
}

std::unique_ptr<BuildProgress> make_by_name(const std::string& wanted, const std::string& asked_by, int descriptor,
                                            const PipeLines& lines) {
    if (wanted == "quiet") return std::make_unique<Progress>(ProgressMode::quiet, descriptor);
    if (wanted == "plain") return std::make_unique<Progress>(ProgressMode::plain, descriptor);
    if (wanted == "tty") return make_terminal(descriptor, lines);
    if (wanted == "json") return std::make_unique<JsonProgress>(descriptor);
    if (wanted == "rawjson")
        return std::make_unique<RawJsonProgress>(descriptor == STDOUT_FILENO ? STDERR_FILENO : descriptor);
    if (wanted != "auto" && !wanted.empty())
        throw runtime::Error("{} takes auto, plain, tty, quiet, json or rawjson, not {}", asked_by,
                             runtime::quoted(wanted));
    if (can_move_the_cursor(descriptor)) return make_terminal(descriptor, lines);
    if (::isatty(descriptor) == 1) return std::make_unique<Progress>(ProgressMode::plain, descriptor);
    return std::make_unique<PipeProgress>(descriptor, lines);
}

}  // namespace

std::unique_ptr<BuildProgress> make_progress(const std::string& wanted, bool quiet, int descriptor, PipeLines lines) {
    if (quiet) return make_by_name("quiet", "", descriptor, lines);
    const bool is_open = wanted.empty() || wanted == "auto";
    if (is_open && is_set("BUILDKIT_PROGRESS"))
        return make_by_name(std::getenv("BUILDKIT_PROGRESS"), "$BUILDKIT_PROGRESS", descriptor, lines);
    return make_by_name(wanted, "--progress", descriptor, lines);
}

}  // namespace builder

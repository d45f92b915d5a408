#include "builder/commands/from_triggers.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <iostream>
#include <variant>

#include "builder/commands/command_table.hpp"
#include "builder/containers/working_container.hpp"
#include "builder/steps/config_step.hpp"
#include "builder/syntax/parser.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/log_line.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::Fd;

/// While it is there, what is written to standard output goes nowhere.
class SilentOutput {
public:
    SilentOutput() : kept_(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)) {
        std::cout.flush();
        ::dup2(runtime::open_path("/dev/null", O_WRONLY).get(), STDOUT_FILENO);
    }
    ~SilentOutput() {
        std::cout.flush();
        ::dup2(kept_.get(), STDOUT_FILENO);
    }
    SilentOutput(const SilentOutput&) = delete;
    SilentOutput& operator=(const SilentOutput&) = delete;

private:
    Fd kept_;
};

/// A command of this program, as if it were typed.
void call(Context& context, const Command& command, const Words& line, const std::string& trigger) {
    if (const int code = command.run(context, parse_command_line(command, line)); code != 0)
        throw Error("the ONBUILD trigger \"{}\" failed with exit code {}", runtime::harmless(trigger), code)
            .with_exit_code(code);
}

StageState stage_of(const ContainerState& state) {
    StageState stage;
    stage.config = state.config;
    stage.variables = Variables::from_environment(state.config.config.env);
    return stage;
}

Words words_of_copy(const CopyInstruction& copy, const std::string& container) {
    // As in a build: what is copied lies below the folder where the command is given, whatever the path says.
    Words line = {"--quiet", "--contextdir=."};
    const auto add = [&line](const std::string& flag, const std::string& value) {
        if (!value.empty()) line.push_back(fmt::format("--{}={}", flag, value));
    };
    add("chown", copy.chown);
    add("chmod", copy.chmod);
    add("from", copy.from);
    add("checksum", copy.checksum);
    for (const std::string& pattern : copy.excludes) add("exclude", pattern);
    line.push_back(container);
    line.insert(line.end(), copy.sources.begin(), copy.sources.end());
    line.push_back(copy.destination);
    return line;
}

/// The image says what is run, and nobody has looked at it: `from` gives it nothing but the container. A bind mount
/// would be one of this machine.
void refuse_flags(const RunInstruction& command, const std::string& trigger) {
    const bool has_network = !command.network.empty() && command.network != "default";
    if (command.mounts.empty() && !has_network && command.security.empty() && command.devices.empty()) return;
    throw Error("from does not run the ONBUILD trigger \"{}\": its RUN has flags", runtime::harmless(trigger))
        .with_hint("build with a Containerfile that begins with this image, where they are checked");
}

class Triggers {
public:
    Triggers(Context& context, std::string container, bool is_quiet)
        : context_(context), container_(std::move(container)), is_quiet_(is_quiet) {}

    void run(const std::string& text) {
        const Instruction instruction = parse_trigger(text);
        if (const auto* command = std::get_if<RunInstruction>(&instruction.body)) return run_command(*command, text);
        if (const auto* copy = std::get_if<CopyInstruction>(&instruction.body))
            return call(context_, copy->is_add ? add_command() : copy_command(), words_of_copy(*copy, container_),
                        text);
        change_configuration(instruction);
    }

private:
    void run_command(const RunInstruction& command, const std::string& text) {
        std::optional<SilentOutput> silence;
        if (is_quiet_) silence.emplace();
        refuse_flags(command, text);
        Words line = {container_, "--"};
        for (std::string& word : with_shell(stage_now(), command.command)) line.push_back(std::move(word));
        call(context_, builder::run_command(), line, text);
    }

    /// The container is free again for the next command.
    StageState stage_now() const { return stage_of(WorkingContainer(context_.store(), container_).state()); }

    void change_configuration(const Instruction& instruction) {
        WorkingContainer container(context_.store(), container_);
        container.change_state([&](ContainerState& state) {
            constexpr char escape = '\\';
            StageState stage = stage_of(state);
            if (!apply_to_config(stage, instruction, escape))
                throw Error("a working container cannot be made with the ONBUILD trigger {}", instruction.keyword);
            state.config = std::move(stage.config);
        });
    }

    Context& context_;
    std::string container_;
    bool is_quiet_;
};

bool is_instruction(const std::string& text) {
    try {
        static_cast<void>(parse_trigger(text));
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

void run_triggers(Context& context, const layers::ContainerRecord& container, bool is_quiet) {
    std::vector<std::string> triggers;
    {
        WorkingContainer made(context.store(), container.id);
        made.change_state([&](ContainerState& state) { triggers = std::exchange(state.config.config.on_build, {}); });
    }
    Triggers all(context, container.id, is_quiet);
    for (std::size_t i = 0; i < triggers.size(); ++i) {
        if (!is_quiet) std::cerr << fmt::format("STEP {}: {}\n", i + 1, runtime::harmless(triggers[i]));
        if (is_instruction(triggers[i]))
            all.run(triggers[i]);
        else
            std::cerr << runtime::log_line("error",
                                           fmt::format("unknown OnBuild command \"{}\"; ignored", triggers[i]));
    }
}

}  // namespace builder

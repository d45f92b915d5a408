#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/cli/command_context.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/command_table.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"

namespace builder {
namespace {

using runtime::Error;
using runtime::quoted;
using StepId = std::pair<std::size_t, std::size_t>;

struct LogOptions {
    std::string step;
    bool json = false;
    bool times = false;
};

/// Of --step: "3", or "build/3" of a stage.
struct StepChoice {
    std::string stage;
    std::string number;
    bool fits(const StepLabel& label) const {
        return (number.empty() || number == fmt::format("{}", label.number)) &&
               (stage.empty() || stage == label.stage_name);
    }
};

StepChoice parse_step(const std::string& text) {
    const std::size_t slash = text.rfind('/');
    StepChoice choice;
    if (slash != std::string::npos) choice.stage = text.substr(0, slash);
    choice.number = slash == std::string::npos ? text : text.substr(slash + 1);
    if (choice.number.find_first_not_of("0123456789") != std::string::npos)
        throw Error("--step takes a number, or STAGE/NUMBER, not {}", quoted(text));
    return choice;
}

/// Puts the pieces of each step's output together again, so that a line is shown as a whole and with its step.
class LogPrinter {
public:
    LogPrinter(const BuildRecord& record, const LogOptions& options)
        : options_(options), choice_(parse_step(options.step)) {
        std::set<std::string> stages;
        for (const RecordedStep& step : record.steps) stages.insert(step.label.stage_name);
        has_stages_ = stages.size() > 1;
        for (const RecordedStep& step : record.steps) steps_[{step.label.stage, step.label.number}] = &step;
    }
    /// What came without the end of its line.
    void finish() {
        for (auto& [id, rest] : rests_)
            if (!rest.empty()) print(id, rest + "\n", 0);
    }

    bool fits_any() const {
        for (const auto& [id, step] : steps_)
            if (choice_.fits(step->label)) return true;
        return false;
    }

    void add(const nlohmann::json& line) {
        const StepId id{line.at("stage"), line.at("step")};
        const auto step = steps_.find(id);
        if (step == steps_.end() || !choice_.fits(step->second->label)) return;
        std::string& rest = rests_[id];
        rest += line.at("text").get<std::string>();
        const std::size_t end = rest.rfind('\n');
        if (end == std::string::npos) return;
        const std::string whole = rest.substr(0, end + 1);
        rest.erase(0, end + 1);
        print(id, whole, line.at("at_us").get<std::int64_t>() - step->second->started_us);
    }

private:
    void print(const StepId& id, const std::string& text, std::int64_t at_us) {
        if (id != shown_ && options_.step.empty()) {
            const StepLabel& label = steps_.at(id)->label;
            std::cout << step_prefix(label, has_stages_) << runtime::harmless(label.text) << "\n";
        }
        shown_ = id;
        std::size_t begin = 0;
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
            if (options_.times) std::cout << fmt::format("{:>9.3f}  ", static_cast<double>(at_us) / 1e6);
            std::cout << runtime::harmless(text.substr(begin, end - begin)) << "\n";
            begin = end + 1;
        }
    }

    const LogOptions& options_;
    StepChoice choice_;
    bool has_stages_ = false;
    std::map<StepId, const RecordedStep*> steps_;
    std::map<StepId, std::string> rests_;
    StepId shown_ = {~std::size_t{0}, 0};
};

void print_log(const runtime::Fd& log, const BuildRecord& record, const LogOptions& options) {
    constexpr std::size_t largest = 256U << 20;
    const std::string text = runtime::read_file(log, "the log of build " + record.id, largest);
    if (options.json) {
        std::cout << runtime::harmless_json(text);
        return;
    }
    LogPrinter printer(record, options);
    if (!printer.fits_any()) throw Error("build {} has no step {}", record.id, quoted(options.step));
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        try {
            printer.add(nlohmann::json::parse(text.substr(begin, end - begin)));
        } catch (const nlohmann::json::exception&) {
            throw Error("the log of build {} is damaged", record.id)
                .with_hint(fmt::format("builder builds rm {} removes the record", record.id));
        }
        begin = end + 1;
    }
    printer.finish();
}

}  // namespace

Command logs_command() {
    auto options = std::make_shared<LogOptions>();
    Command command;
    command.name = "logs";
    command.group = "Records";
    command.summary = "print what the steps of a build (default: the newest) wrote";
    command.usage = "[flags] [BUILD]";
    command.flags = {
        flag("json", 0, "print the log as it is kept: one JSON object per line", options->json),
        flag("step", 0, "[STAGE/]NUMBER", "only of this step", options->step),
        flag("timestamps", 't', "with the seconds since the step began", options->times),
    };
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) {
        const layers::BuildFiles builds(context.store_location());
        const layers::BuildFile file = require_build(builds, words.empty() ? "" : words.front());
        const BuildRecord record = require_record(builds, file);
        if (const auto log = builds.open_log(file))
            print_log(*log, record, *options);
        else
            std::cerr << "no step of build " << record.id << " has written anything\n";
        return 0;
    };
    return command;
}

}  // namespace builder

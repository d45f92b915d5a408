#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/builds.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

using nlohmann::ordered_json;

struct Options {
    bool json = false;
    bool quiet = false;
    std::optional<std::int64_t> last;
};

std::size_t count(const BuildRecord& record, const std::string& outcome) {
    return static_cast<std::size_t>(
        std::count_if(record.steps.begin(), record.steps.end(),
                      [&](const RecordedStep& step) { return step.makes_layer() && step.outcome == outcome; }));
}

/// Where it is from: the file, with the folder where that is the context's.
std::string source_of(const BuildRecord& record) {
    const std::string& context = record.subject.context;
    return runtime::harmless(record.subject.file + (context.empty() ? "" : " in " + context));
}

std::vector<std::string> row_of(const BuildRecord& record) {
    const std::string image = record.image.substr(record.image.find(':') + 1).substr(0, 12);
    return {record.id,
            name_of(record.state),
            human_age(started_text(record.started_us)),
            record.took_us > 0 ? shown_time(record.took_us) : "",
            fmt::format("{}", count(record, "done")),
            fmt::format("{}", count(record, "cached")),
            record.names.empty() ? image : runtime::harmless(record.names.front()),
            source_of(record)};
}

ordered_json json_of(const BuildRecord& record) {
    return {{"id", record.id},
            {"state", name_of(record.state)},
            {"started", started_text(record.started_us)},
            {"seconds", static_cast<double>(record.took_us) / 1e6},
            {"ran", count(record, "done")},
            {"cached", count(record, "cached")},
            {"image", record.image},
            {"names", record.names},
            {"file", record.subject.file},
            {"context", record.subject.context},
            {"target", record.subject.target},
            {"platform", record.subject.platform},
            {"error", record.error}};
}

/// A record that cannot be read is told, and the others are listed.
std::vector<BuildRecord> read_all(const layers::BuildFiles& builds, const Options& options) {
    std::vector<BuildRecord> records;
    for (const layers::BuildFile& file : builds.list()) {
        if (options.last && records.size() >= static_cast<std::size_t>(std::max<std::int64_t>(*options.last, 0))) break;
        try {
            if (auto record = read_record(builds, file)) records.push_back(*std::move(record));
        } catch (const runtime::Error& error) {
            std::cerr << "warning: " << error.full_message() << "\n";
            if (!error.hint().empty()) std::cerr << "hint: " << error.hint() << "\n";
        }
    }
    return records;
}

int list(Context& context, const Options& options) {
    const layers::BuildFiles builds(context.store_location());
    const std::vector<BuildRecord> records = read_all(builds, options);
    if (options.quiet) {
        for (const BuildRecord& record : records) std::cout << record.id << "\n";
    } else if (options.json) {
        ordered_json list = ordered_json::array();
        for (const BuildRecord& record : records) list.push_back(json_of(record));
        const std::string text = list.dump(2, ' ', false, ordered_json::error_handler_t::replace);
        std::cout << runtime::harmless_json(text) << "\n";
    } else {
        std::vector<std::vector<std::string>> rows = {
            {"BUILD ID", "STATE", "STARTED", "TIME", "RAN", "CACHED", "IMAGE", "SOURCE"}};
        for (const BuildRecord& record : records) rows.push_back(row_of(record));
        std::cout << format_table(rows);
    }
    return 0;
}

}  // namespace

Command builds_ls_command() {
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "ls";
    command.aliases = {"list"};
    command.summary = "list recorded builds, the newest first";
    command.usage = "[flags]";
    command.flags = {
        flag("json", 0, "print JSON", options->json),
        flag("last", 'n', "NUMBER", "list only so many", options->last),
        flag("quiet", 'q', "print only the IDs", options->quiet),
    };
    command.run = [options](Context& context, const Words&) { return list(context, *options); };
    return command;
}

}  // namespace builder

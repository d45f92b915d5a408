#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/recorded_builds.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/report/report_data.hpp"
#include "builder/report/report_page.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/output_place.hpp"

namespace builder {
namespace {

struct Options {
    std::string output;
    bool json = false;
    ReportOptions report;
};

/// The newest build of the same subject before it that can be read.
std::optional<BuildRecord> build_before(const layers::BuildFiles& builds, const layers::BuildFile& file) {
    for (const layers::BuildFile& other : builds.list()) {
        if (other.subject != file.subject || other.started_us >= file.started_us) continue;
        try {
            if (auto record = read_record(builds, other); record && !record->image.empty()) return record;
        } catch (const runtime::Error&) {  // Of a damaged record `builds ls` tells.
        }
    }
    return std::nullopt;
}

int report(Context& context, const std::string& text, const Options& options) {
    if (options.output.empty() && !options.json)
        throw runtime::Error("name the file for the report").with_hint("builder report -o report.html");
    const layers::BuildFiles builds(context.store_location());
    const layers::BuildFile file = require_build(builds, text);
    const nlohmann::ordered_json data =
        report_data(context.store(), require_record(builds, file), build_before(builds, file), options.report);
    const std::string content =
        options.json
            ? runtime::harmless_json(data.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) + "\n"
            : report_page(data);
    if (options.output.empty() || options.output == "-")
        std::cout << content;
    else
        runtime::write_all(runtime::open_output(options.output, O_TRUNC), content, options.output);
    return 0;
}

}  // namespace

Command report_command() {
    auto options = std::make_shared<Options>();
    Command command;
    command.name = "report";
    command.group = "Records";
    command.summary = "write a page that shows a build (default: the newest): times, cache, layers, files";
    command.usage = "[flags] [BUILD]";
    command.flags = {
        flag("json", 0, "write the data of the page as JSON", options->json),
        flag("output", 'o', "FILE", "the file to write; - is standard output", options->output),
        flag("values", 0, "show the values that ARG and ENV set", options->report.shows_values),
    };
    command.most_words = 1;
    command.run = [options](Context& context, const Words& words) {
        return report(context, words.empty() ? "" : words.front(), *options);
    };
    return command;
}

}  // namespace builder

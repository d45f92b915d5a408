#include <iostream>
#include <memory>

#include "builder/cli/columns.hpp"
#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/questions/file_stack.hpp"
#include "builder/questions/image_history.hpp"
#include "builder/template/template.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct HistoryOptions {
    bool json = false;
    bool quiet = false;
    bool no_heading = false;
    bool no_truncation = false;
    std::optional<bool> human;
    std::optional<std::string> format;
};

constexpr std::size_t shown_columns = 45;

std::string shown_id(const HistoryRow& row, const HistoryOptions& options) {
    if (!row.image) return "<missing>";
    return options.no_truncation ? row.image->text() : std::string(row.image->hex().substr(0, 12));
}

std::string shown_text(const std::string& text, const HistoryOptions& options) {
    const std::string line = one_line(text);
    return options.no_truncation ? line : fitted(line, shown_columns);
}

std::string shown_age(const HistoryRow& row) {
    return row.entry.created.empty() ? "N/A" : human_age(row.entry.created);
}

/// What --format sees of a row: the names that Docker and Podman have.
TemplateValue describe_row(const HistoryRow& row, const HistoryOptions& options) {
    const bool is_human = options.human.value_or(true);
    const std::string size = is_human ? human_size(row.bytes) : fmt::format("{}", row.bytes);
    return TemplateValue::record("main.historyOutputParams",
                                 {{"ID", "ID", shown_id(row, options)},
                                  {"Created", "Created", is_human ? shown_age(row) : row.entry.created},
                                  {"CreatedAt", "CreatedAt", row.entry.created},
                                  {"CreatedSince", "CreatedSince", shown_age(row)},
                                  {"CreatedBy", "CreatedBy", shown_text(row.entry.created_by, options)},
                                  {"Size", "Size", size},
                                  {"Comment", "Comment", one_line(row.entry.comment)},
                                  {"Tags", "Tags", TemplateValue::list_of(row.names)},
                                  {"Layer", "Layer", row.layer ? row.layer->text() : ""}});
}

/// The keys of `podman history --format json`, and "layer" and "empty".
TemplateValue describe_document(const HistoryRow& row) {
    std::vector<TemplateValue> names(row.names.begin(), row.names.end());
    return TemplateValue::record("history", {{"ID", "id", row.image ? row.image->text() : ""},
                                             {"Created", "created", row.entry.created},
                                             {"CreatedBy", "CreatedBy", row.entry.created_by},
                                             {"Size", "size", row.bytes},
                                             {"Comment", "comment", row.entry.comment},
                                             {"Tags", "tags", TemplateValue::list(std::move(names))},
                                             {"Layer", "layer", row.layer ? row.layer->text() : ""},
                                             {"Empty", "empty", !row.layer.has_value()}});
}

void print_table(const std::vector<HistoryRow>& rows, const HistoryOptions& options) {
    std::vector<std::vector<std::string>> table;
    if (!options.no_heading) table.push_back({"ID", "CREATED", "CREATED BY", "SIZE", "COMMENT"});
    const bool is_human = options.human.value_or(true);
    for (const HistoryRow& row : rows)
        table.push_back({shown_id(row, options), one_line(is_human ? shown_age(row) : row.entry.created),
                         shown_text(row.entry.created_by, options),
                         is_human ? human_size(row.bytes) : fmt::format("{}", row.bytes),
                         shown_text(row.entry.comment, options)});
    std::cout << format_table(table);
}

int show_history(Context& context, const std::string& name, const HistoryOptions& options) {
    if (options.quiet && options.format) throw runtime::Error("quiet and format are mutually exclusive");
    layers::Store& store = context.store();
    const std::vector<HistoryRow> rows = history_of(store, require_image(store, name));
    std::vector<TemplateValue> items;
    if (options.json || options.format == "json") {
        for (const HistoryRow& row : rows) items.push_back(describe_document(row));
        std::cout << TemplateValue::list(std::move(items)).json(4) << "\n";
    } else if (options.format && !options.format->empty()) {
        for (const HistoryRow& row : rows) items.push_back(describe_row(row, options));
        std::cout << runtime::harmless(
            format_rows(*options.format, items, {{"CreatedBy", "CREATED BY"}, {"CreatedSince", "CREATED"}}));
    } else if (options.quiet) {
        for (const HistoryRow& row : rows) std::cout << shown_id(row, options) << "\n";
    } else {
        print_table(rows, options);
    }
    return 0;
}

}  // namespace

Command history_command() {
    auto options = std::make_shared<HistoryOptions>();
    Command command;
    command.name = "history";
    command.group = "Questions";
    command.summary = "show the steps that made an image, and what each added";
    command.usage = "[flags] IMAGE";
    command.flags = {
        flag("format", 0, "TEMPLATE", "json, or a Go template for each step: {{.ID}} {{.CreatedBy}} {{.Size}}",
             options->format),
        flag("human", 'H', "print ages and sizes as people read them (the default); with =false, times and bytes",
             options->human),
        flag("json", 0, "print JSON", options->json),
        flag("no-trunc", 0, "do not truncate IDs and commands", options->no_truncation),
        flag("noheading", 'n', "omit the heading", options->no_heading),
        flag("quiet", 'q', "print only the IDs", options->quiet),
    };
    command.flags[3].aliases = {"notruncate"};
    command.fewest_words = command.most_words = 1;
    command.run = [options](Context& context, const Words& words) {
        return show_history(context, words.front(), *options);
    };
    return command;
}

}  // namespace builder

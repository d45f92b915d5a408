#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "builder/cli/columns.hpp"
#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/questions/file_blame.hpp"
#include "builder/questions/file_texts.hpp"
#include "builder/questions/layer_history.hpp"
#include "builder/questions/lineage.hpp"
#include "builder/questions/step_places.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

struct BlameOptions {
    bool json = false;
    bool no_heading = false;
    bool no_truncation = false;
};

/// An event with what is known of its layer.
struct BlameRow {
    FileEvent event;
    std::string layer;                     ///< diff ID; empty: nobody committed it yet
    std::optional<std::size_t> step;       ///< counted from 1
    layers::oci::HistoryEntry entry = {};  ///< of the step
    std::string image = {};                ///< name of the one that the layer came with
    std::optional<StepPlace> place = {};   ///< where a record of a build knows it
};

/// The image and those that it stands on, the nearest first.
std::vector<std::string> images_below(const Lineage& lineage, const layers::Digest& id) {
    std::vector<std::string> images;
    const Lineage::Member* member = lineage.find(id);
    while (member != nullptr) {
        images.push_back(member->image.id.text());
        member = member->parent ? &lineage.members()[*member->parent] : nullptr;
    }
    return images;
}

void add_places(layers::Store& store, const Lineage& lineage, const FileStack& stack, std::vector<BlameRow>& rows) {
    std::set<std::string> diff_ids;
    for (const BlameRow& row : rows)
        if (!row.layer.empty()) diff_ids.insert(row.layer);
    const auto images = stack.image ? images_below(lineage, stack.image->id) : std::vector<std::string>();
    const auto places = find_step_places(layers::BuildFiles(store.location()), images, diff_ids);
    for (BlameRow& row : rows)
        if (const auto found = places.find(row.layer); found != places.end()) row.place = found->second;
}

std::vector<BlameRow> rows_of(layers::Store& store, const FileStack& stack, const Blame& blame) {
    const Lineage lineage(store.images().list());
    std::vector<BlameRow> rows;
    for (const FileEvent& event : blame.events) {
        const StackedLayer& layer = stack.layers[event.layer];
        BlameRow row{event, layer.diff_id ? layer.diff_id->text() : "", std::nullopt};
        if (layer.history && *layer.history < stack.config.history.size()) {
            row.step = *layer.history + 1;
            row.entry = stack.config.history[*layer.history];
        }
        if (stack.image) row.image = lineage.origin_of(stack.image->id, event.layer);
        rows.push_back(std::move(row));
    }
    add_places(store, lineage, stack, rows);
    return rows;
}

/// The time says little where something else changed too, and nothing of what was replaced.
std::string what_changed(const FileEvent& event) {
    const std::string text = name_of(event.kind);
    EntryDifference told = event.difference;
    if (told.any_but_time() || event.kind == FileEvent::Kind::replaced) told.time = false;
    const auto words = told.words();
    return words.empty() ? text : fmt::format("{}: {}", text, fmt::join(words, ", "));
}

std::string instruction_text(const BlameRow& row) {
    if (row.layer.empty()) return "(written in the container)";
    const std::string text = instruction_of(row.entry.created_by);
    return text.empty() ? row.entry.comment : text;
}

std::string headline(const Blame& blame) {
    if (!blame.entry) return fmt::format("{} was deleted", one_line(blame.path));
    const struct stat& status = blame.entry->status;
    const std::string target = blame.target.empty() ? "" : " -> " + one_line(blame.target);
    return fmt::format("{}{}: {}, mode {}, owner {}, {}, of {}", one_line(blame.path), target,
                       type_name(status.st_mode), mode_digits(status.st_mode), owner_text(status),
                       human_size(size_of(status)), modified_text(status));
}

std::string place_text(const BlameRow& row) {
    return row.place ? fmt::format("{}:{}", one_line(row.place->file), row.place->line) : "-";
}

void print_table(const FileStack& stack, const Blame& blame, const std::vector<BlameRow>& rows,
                 const BlameOptions& options) {
    constexpr std::size_t instruction_columns = 60;
    std::vector<std::vector<std::string>> table;
    if (!options.no_heading) table.push_back({"STEP", "LINE", "LAYER", "CHANGE", "CREATED BY", "IMAGE"});
    for (const BlameRow& row : rows) {
        const std::string step = row.step ? fmt::format("{}/{}", *row.step, stack.config.history.size()) : "-";
        const std::string layer = row.layer.empty()       ? "-"
                                  : options.no_truncation ? row.layer
                                                          : row.layer.substr(0, 7 + 12);
        const std::string instruction = one_line(instruction_text(row));
        table.push_back({step, place_text(row), layer, what_changed(row.event),
                         options.no_truncation ? instruction : fitted(instruction, instruction_columns),
                         one_line(row.image)});
    }
    if (!options.no_heading) std::cout << headline(blame) << "\n";
    std::cout << format_table(table);
}

nlohmann::json document_of(const struct stat& status) {
    return {{"type", type_name(status.st_mode)},
            {"mode", mode_digits(status.st_mode)},
            {"uid", status.st_uid},
            {"gid", status.st_gid},
            {"size", size_of(status)},
            {"modified", modified_text(status)}};
}

nlohmann::json document_of(const FileStack& stack, const BlameRow& row) {
    return {{"change", name_of(row.event.kind)},
            {"what", row.event.difference.words()},
            {"layer", row.layer},
            {"step", row.step ? nlohmann::json(*row.step) : nlohmann::json()},
            {"steps", stack.config.history.size()},
            {"created", row.entry.created},
            {"created_by", row.entry.created_by},
            {"comment", row.entry.comment},
            {"instruction", instruction_of(row.entry.created_by)},
            {"image", row.image},
            {"containerfile", row.place ? nlohmann::json(row.place->file) : nlohmann::json()},
            {"line", row.place ? nlohmann::json(row.place->line) : nlohmann::json()},
            {"build", row.place ? nlohmann::json(row.place->build) : nlohmann::json()},
            {"file", row.event.status ? document_of(*row.event.status) : nlohmann::json()}};
}

void print_json(const FileStack& stack, const Blame& blame, const std::vector<BlameRow>& rows) {
    nlohmann::json changes = nlohmann::json::array();
    for (const BlameRow& row : rows) changes.push_back(document_of(stack, row));
    const nlohmann::json document = {{"path", blame.path},
                                     {"file", blame.entry ? document_of(blame.entry->status) : nlohmann::json()},
                                     {"target", blame.target},
                                     {"changes", std::move(changes)}};
    std::cout << runtime::harmless_json(document.dump(4, ' ', false, nlohmann::json::error_handler_t::replace)) << "\n";
}

int show_blame(Context& context, const Words& words, const BlameOptions& options) {
    const FileStack stack = open_stack(context.store(), words[0]);
    const Blame blame = blame_file(stack, words[1]);
    const std::vector<BlameRow> rows = rows_of(context.store(), stack, blame);
    if (options.json)
        print_json(stack, blame, rows);
    else
        print_table(stack, blame, rows, options);
    return 0;
}

}  // namespace

Command blame_command() {
    auto options = std::make_shared<BlameOptions>();
    Command command;
    command.name = "blame";
    command.group = "Questions";
    command.summary = "show which steps made a file of an image what it is, the last one first";
    command.usage = "[flags] IMAGE|CONTAINER PATH";
    command.flags = {
        flag("json", 0, "print JSON", options->json),
        flag("no-trunc", 0, "do not truncate digests and commands", options->no_truncation),
        flag("noheading", 'n', "print the rows alone", options->no_heading),
    };
    command.fewest_words = command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return show_blame(context, words, *options); };
    return command;
}

}  // namespace builder

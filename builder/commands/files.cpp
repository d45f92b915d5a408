#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/commands/file_options.hpp"
#include "builder/questions/entry_difference.hpp"
#include "builder/questions/file_list.hpp"
#include "builder/questions/file_texts.hpp"
#include "builder/questions/layer_history.hpp"
#include "builder/template/template.hpp"
#include "runtime/base/harmless.hpp"
#include "runtime/base/json.hpp"

namespace builder {
namespace {

std::string layer_text(const FileStack& stack, const ListedFile& file) {
    if (stack.layers.empty()) return "";
    const auto& digest = stack.layer_of(file.entry).diff_id;
    return digest ? digest->text() : "";
}

/// The line of the history that the layer came with; empty where nobody knows.
std::string step_text(const FileStack& stack, const ListedFile& file) {
    const auto& entry = stack.layer_of(file.entry).history;
    return entry && *entry < stack.config.history.size() ? stack.config.history[*entry].created_by : "";
}

nlohmann::json document_of(const FileStack& stack, const ListedFile& file) {
    const struct stat& status = file.entry.status;
    return {{"path", file.path},
            {"type", type_name(status.st_mode)},
            {"mode", mode_digits(status.st_mode)},
            {"uid", status.st_uid},
            {"gid", status.st_gid},
            {"size", size_of(status)},
            {"modified", modified_text(status)},
            {"target", file.target},
            {"layer", layer_text(stack, file)},
            {"created_by", step_text(stack, file)}};
}

/// One document a line within the list, so that it can be read as it comes.
void print_json(const FileStack& stack, const std::string& path, const FileListing& listing) {
    std::string text = "[";
    list_files(stack, path, listing, [&](const ListedFile& file) {
        text += text.size() > 1 ? ",\n " : "\n ";
        text += runtime::write_json(document_of(stack, file));
    });
    std::cout << runtime::harmless_json(text) << "\n]\n";
}

TemplateValue describe_row(const FileStack& stack, const ListedFile& file) {
    const struct stat& status = file.entry.status;
    return TemplateValue::record("main.fileOutputParams", {{"Path", "path", one_line(file.path)},
                                                           {"Name", "name", one_line(file.name)},
                                                           {"Type", "type", type_name(status.st_mode)},
                                                           {"Mode", "mode", mode_digits(status.st_mode)},
                                                           {"UID", "uid", static_cast<std::int64_t>(status.st_uid)},
                                                           {"GID", "gid", static_cast<std::int64_t>(status.st_gid)},
                                                           {"Size", "size", size_of(status)},
                                                           {"Modified", "modified", modified_text(status)},
                                                           {"Target", "target", one_line(file.target)},
                                                           {"Layer", "layer", layer_text(stack, file)},
                                                           {"CreatedBy", "created_by", step_text(stack, file)}});
}

void print_formatted(const FileStack& stack, const std::string& path, const FileListing& listing,
                     const std::string& format) {
    std::vector<TemplateValue> rows;
    list_files(stack, path, listing, [&](const ListedFile& file) { rows.push_back(describe_row(stack, file)); });
    std::cout << runtime::harmless(format_rows(format, rows, {{"CreatedBy", "CREATED BY"}}));
}

/// What is in a folder goes by its name alone; a walk through several needs the paths.
std::string shown_name(const ListedFile& file, const FilesOptions& options) {
    return one_line(options.is_recursive || options.folder_itself ? file.path : file.name);
}

void print_table(const FileStack& stack, const std::string& path, const FileListing& listing,
                 const FilesOptions& options) {
    std::vector<std::vector<std::string>> table;
    if (!options.no_heading) table.push_back({"MODE", "OWNER", "SIZE", "MODIFIED", "NAME"});
    list_files(stack, path, listing, [&](const ListedFile& file) {
        const struct stat& status = file.entry.status;
        const std::string target = file.entry.is_link() ? " -> " + one_line(file.target) : "";
        table.push_back({mode_letters(status.st_mode), owner_text(status),
                         options.human ? human_size(size_of(status)) : fmt::format("{}", size_of(status)),
                         modified_text(status).substr(0, 19) + "Z", shown_name(file, options) + target});
    });
    std::cout << format_table(table, 2);
}

void print_names(const FileStack& stack, const std::string& path, const FileListing& listing,
                 const FilesOptions& options) {
    std::string text;
    list_files(stack, path, listing, [&](const ListedFile& file) { text += shown_name(file, options) + "\n"; });
    std::cout << text;
}

}  // namespace

std::vector<Flag> files_flags(FilesOptions& options) {
    return {
        flag("directory", 'd', "list a folder itself, not what is in it", options.folder_itself),
        flag("format", 0, "TEMPLATE", "json, or a Go template for each file: {{.Path}} {{.Mode}} {{.Layer}}",
             options.format),
        flag("human", 'H', "print sizes as people read them", options.human),
        flag("json", 0, "print JSON", options.json),
        flag("long", 'l', "show mode, owner, size and time", options.is_long),
        flag("noheading", 'n', "omit the heading of --long", options.no_heading),
        flag("recursive", 'R', "list what is in the folders, too, with whole paths", options.is_recursive),
    };
}

int print_files(Context& context, const Words& words, const FilesOptions& options) {
    const FileStack stack = open_stack(context.store(), words.front());
    const std::string path = words.size() > 1 ? words[1] : "/";
    const FileListing listing{options.is_recursive, options.folder_itself};
    if (options.json || options.format == "json")
        print_json(stack, path, listing);
    else if (options.format && !options.format->empty())
        print_formatted(stack, path, listing, *options.format);
    else if (options.is_long)
        print_table(stack, path, listing, options);
    else
        print_names(stack, path, listing, options);
    return 0;
}

Command files_command() {
    auto options = std::make_shared<FilesOptions>();
    Command command;
    command.name = "files";
    command.group = "Questions";
    command.summary = "list the files of an image or a container";
    command.usage = "[flags] IMAGE|CONTAINER [PATH]";
    command.flags = files_flags(*options);
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return print_files(context, words, *options); };
    return command;
}

}  // namespace builder

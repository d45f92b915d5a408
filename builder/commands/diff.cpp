#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/command_table.hpp"
#include "builder/questions/config_difference.hpp"
#include "builder/questions/file_texts.hpp"
#include "builder/questions/packages.hpp"
#include "builder/questions/tree_difference.hpp"
#include "runtime/base/harmless.hpp"

namespace builder {
namespace {

struct DiffOptions {
    bool files = false;
    bool config = false;
    bool packages = false;
    bool times = false;
    bool json = false;
    bool quiet = false;
    bool exit_code = false;
};

struct Differences {
    std::vector<FileDifference> files;
    std::vector<ConfigDifference> config;
    std::vector<PackageDifference> packages;
    std::vector<std::string> unread;  ///< databases of packages

    bool any() const noexcept { return !files.empty() || !config.empty() || !packages.empty(); }
};

Differences compare(const FileStack& before, const FileStack& after, const DiffOptions& options) {
    const bool wants_all = !options.files && !options.config && !options.packages;
    Differences found;
    if (wants_all || options.files)
        compare_trees(before, after, options.times,
                      [&](const FileDifference& difference) { found.files.push_back(difference); });
    if (wants_all || options.config) found.config = difference_of(before.config, after.config);
    if (wants_all || options.packages) {
        const PackageLists old_packages = read_packages(before.view()), new_packages = read_packages(after.view());
        found.packages = difference_of(old_packages, new_packages);
        found.unread = old_packages.unread;
        for (const std::string& one : new_packages.unread)
            if (std::find(found.unread.begin(), found.unread.end(), one) == found.unread.end())
                found.unread.push_back(one);
    }
    return found;
}

char letter_of(FileDifference::Kind kind) {
    using Kind = FileDifference::Kind;
    return kind == Kind::added ? 'A' : kind == Kind::deleted ? 'D' : 'C';
}

/// "content, mode 0644 -> 0600"
std::string details_of(const FileDifference& file) {
    if (!file.before || !file.after) return "";
    std::vector<std::string> parts;
    for (std::string word : file.what.words()) {
        if (word == "mode")
            word += fmt::format(" {} -> {}", mode_digits(file.before->st_mode), mode_digits(file.after->st_mode));
        if (word == "owner") word += fmt::format(" {} -> {}", owner_text(*file.before), owner_text(*file.after));
        if (word == "type")
            word += fmt::format(" {} -> {}", type_name(file.before->st_mode), type_name(file.after->st_mode));
        parts.push_back(std::move(word));
    }
    return fmt::format(" ({})", fmt::join(parts, ", "));
}

/// "+ NAME VALUE", "- NAME VALUE", "~ NAME VALUE -> VALUE"
std::string line_of(const std::string& name, const std::optional<std::string>& before,
                    const std::optional<std::string>& after) {
    if (!before) return fmt::format("+ {} {}\n", one_line(name), one_line(after.value_or("")));
    if (!after) return fmt::format("- {} {}\n", one_line(name), one_line(*before));
    return fmt::format("~ {} {} -> {}\n", one_line(name), one_line(*before), one_line(*after));
}

void print_text(const Differences& found) {
    std::string text;
    if (!found.files.empty()) text += "Files:\n";
    for (const FileDifference& file : found.files)
        text += fmt::format("{} {}{}\n", letter_of(file.kind), one_line(file.path), details_of(file));
    if (!found.config.empty()) text += "Configuration:\n";
    for (const ConfigDifference& one : found.config) text += line_of(one.field, one.before, one.after);
    if (!found.packages.empty()) text += "Packages:\n";
    for (const PackageDifference& one : found.packages)
        text += line_of(one.kind + " " + one.name, one.before, one.after);
    std::cout << text;
    for (const std::string& one : found.unread) std::cerr << fmt::format("not compared: {}\n", one);
}

nlohmann::json document_of(const std::optional<std::string>& text) {
    return text ? nlohmann::json(*text) : nlohmann::json();
}

nlohmann::json document_of(const std::optional<struct stat>& status) {
    if (!status) return nullptr;
    return {{"type", type_name(status->st_mode)},
            {"mode", mode_digits(status->st_mode)},
            {"uid", status->st_uid},
            {"gid", status->st_gid},
            {"size", size_of(*status)},
            {"modified", modified_text(*status)}};
}

const char* word_of(FileDifference::Kind kind) {
    using Kind = FileDifference::Kind;
    return kind == Kind::added ? "added" : kind == Kind::deleted ? "deleted" : "changed";
}

void print_json(const Differences& found) {
    nlohmann::json document = {{"files", nlohmann::json::array()},
                               {"config", nlohmann::json::array()},
                               {"packages", nlohmann::json::array()},
                               {"not_compared", found.unread}};
    for (const FileDifference& file : found.files)
        document["files"].push_back({{"path", file.path},
                                     {"change", word_of(file.kind)},
                                     {"what", file.what.words()},
                                     {"before", document_of(file.before)},
                                     {"after", document_of(file.after)}});
    for (const ConfigDifference& one : found.config)
        document["config"].push_back(
            {{"field", one.field}, {"before", document_of(one.before)}, {"after", document_of(one.after)}});
    for (const PackageDifference& one : found.packages)
        document["packages"].push_back({{"kind", one.kind},
                                        {"name", one.name},
                                        {"before", document_of(one.before)},
                                        {"after", document_of(one.after)}});
    std::cout << runtime::harmless_json(document.dump(4, ' ', false, nlohmann::json::error_handler_t::replace)) << "\n";
}

/// 1 where they differ and the caller wants to know it that way.
int show_difference(Context& context, const Words& words, const DiffOptions& options) {
    layers::Store& store = context.store();
    const FileStack first = open_stack(store, words[0]);
    const FileStack second = words.size() > 1 ? open_stack(store, words[1]) : first;
    const Differences found = compare(words.size() > 1 ? first : stack_below(first), second, options);
    if (options.json)
        print_json(found);
    else if (!options.quiet)
        print_text(found);
    return (options.exit_code || options.quiet) && found.any() ? 1 : 0;
}

}  // namespace

Command diff_command() {
    auto options = std::make_shared<DiffOptions>();
    Command command;
    command.name = "diff";
    command.group = "Questions";
    command.summary = "show what two images or containers have differently: files, configuration, packages";
    command.usage = "[flags] IMAGE|CONTAINER [IMAGE|CONTAINER]";
    command.flags = {
        flag("config", 0, "compare the configurations", options->config),
        flag("exit-code", 0, "exit with 1 where they differ", options->exit_code),
        flag("files", 0, "compare the files", options->files),
        flag("json", 0, "print JSON", options->json),
        flag("packages", 0, "compare the lists of packages of dpkg and apk", options->packages),
        flag("quiet", 'q', "print nothing, and exit with 1 where they differ", options->quiet),
        flag("times", 0, "a file whose time alone differs is a difference, too", options->times),
    };
    command.fewest_words = 1;
    command.most_words = 2;
    command.run = [options](Context& context, const Words& words) { return show_difference(context, words, *options); };
    return command;
}

}  // namespace builder

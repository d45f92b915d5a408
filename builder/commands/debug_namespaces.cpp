#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include "builder/cli/command_context.hpp"
#include "builder/cli/output_table.hpp"
#include "builder/commands/debug.hpp"
#include "builder/containers/running.hpp"
#include "builder/containers/working_container.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/namespaces.hpp"

namespace builder {
namespace {

using runtime::ProcessNamespaces;

struct Subject {
    std::string title;
    ProcessNamespaces process;
};

const ProcessNamespaces* find(const std::vector<ProcessNamespaces>& all, pid_t number) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.process == number; });
    return found == all.end() ? nullptr : &*found;
}

/// The first processes of containers: children of a runner, or of a monitor, that are neither.
std::vector<Subject> running_steps(const std::vector<ProcessNamespaces>& all) {
    constexpr std::string_view runner = "builder-runner";
    std::vector<Subject> steps;
    for (const ProcessNamespaces& one : all) {
        const ProcessNamespaces* const parent = find(all, one.parent);
        if (one.name != runner && parent != nullptr && parent->name == runner)
            steps.push_back({fmt::format("process {} ({})", one.process, one.name), one});
    }
    return steps;
}

std::vector<Subject> subjects(Context& context, const Words& words, const std::vector<ProcessNamespaces>& all) {
    if (words.empty()) return running_steps(all);
    pid_t number = 0;
    const std::string& word = words.front();
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    const bool is_number = error == std::errc() && end == word.data() + word.size();
    if (!is_number) {
        layers::Store& store = context.store();
        number = process_in(store, require_container(store, word));
    }
    const ProcessNamespaces* const process = find(all, number);
    if (process == nullptr) throw runtime::Error("there is no process {}", number);
    return {{fmt::format("process {} ({})", number, process->name), *process}};
}

struct Sharing {
    std::uint64_t inode = 0;
    std::vector<const ProcessNamespaces*> processes;
    bool is_ours = false;  ///< it is the one that this program is in
};

Sharing who_shares(const ProcessNamespaces& subject, const char* kind, const std::vector<ProcessNamespaces>& all) {
    Sharing sharing;
    const auto own = subject.inodes.find(kind);
    if (own == subject.inodes.end()) return sharing;
    sharing.inode = own->second;
    for (const ProcessNamespaces& one : all) {
        const auto other = one.inodes.find(kind);
        if (other == one.inodes.end() || other->second != sharing.inode) continue;
        sharing.processes.push_back(&one);
        sharing.is_ours = sharing.is_ours || one.process == ::getpid();
    }
    return sharing;
}

std::string words_for(const Sharing& sharing, const ProcessNamespaces& subject) {
    if (sharing.inode == 0) return "not to be seen by this user";
    if (sharing.is_ours) return "this machine";
    constexpr std::size_t most_names = 6;
    std::vector<std::string> names;
    for (const ProcessNamespaces* one : sharing.processes)
        if (one->process != subject.process && names.size() <= most_names)
            names.push_back(names.size() == most_names ? "…" : fmt::format("{} ({})", one->process, one->name));
    return names.empty() ? "nobody else" : fmt::format("{}", fmt::join(names, ", "));
}

void print_text(const std::vector<Subject>& subjects, const std::vector<ProcessNamespaces>& all) {
    for (const Subject& subject : subjects) {
        std::vector<std::vector<std::string>> rows = {{"TYPE", "NAMESPACE", "PROCESSES", "SHARED WITH"}};
        for (const char* kind : runtime::namespace_kinds) {
            const Sharing sharing = who_shares(subject.process, kind, all);
            rows.push_back({kind, fmt::format("{}", sharing.inode), fmt::format("{}", sharing.processes.size()),
                            words_for(sharing, subject.process)});
        }
        std::cout << subject.title << "\n" << format_table(rows);
    }
}

void print_json(const std::vector<Subject>& subjects, const std::vector<ProcessNamespaces>& all) {
    nlohmann::ordered_json document = nlohmann::ordered_json::array();
    for (const Subject& subject : subjects) {
        nlohmann::ordered_json namespaces;
        for (const char* kind : runtime::namespace_kinds) {
            const Sharing sharing = who_shares(subject.process, kind, all);
            std::vector<pid_t> processes;
            for (const ProcessNamespaces* one : sharing.processes) processes.push_back(one->process);
            namespaces[kind] = {{"inode", sharing.inode}, {"host", sharing.is_ours}, {"processes", processes}};
        }
        document.push_back(
            {{"process", subject.process.process}, {"name", subject.process.name}, {"namespaces", namespaces}});
    }
    std::cout << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

}  // namespace

Command debug_namespaces_command() {
    auto json = std::make_shared<bool>(false);
    Command command;
    command.name = "namespaces";
    command.summary = "show the namespaces of running steps";
    command.usage = "[flags] [PID | CONTAINER]";
    command.flags = {flag("json", 0, "print JSON", *json)};
    command.most_words = 1;
    command.run = [json](Context& context, const Words& words) {
        const std::vector<ProcessNamespaces> all = runtime::read_all_namespaces();
        const std::vector<Subject> shown = subjects(context, words, all);
        *json ? print_json(shown, all) : print_text(shown, all);
        return 0;
    };
    return command;
}

}  // namespace builder

#include "runtime/emulated/exec_plan.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/base/error.hpp"
#include "runtime/emulated/refusal.hpp"

namespace runtime::emulated {
namespace {

constexpr int most_scripts = 5;

struct Found {
    Place place;
    struct stat status {};
    Fd readable;
};

Found look_at(Place place) {
    Found found;
    found.status = status_of(place);
    if (!S_ISREG(found.status.st_mode) || (found.status.st_mode & 0111) == 0) throw Refusal{EACCES};
    if (!place.is_foreign && place.mount->no_execute) throw Refusal{EACCES};
    found.readable = open_place(place, O_RDONLY);
    found.place = std::move(place);
    return found;
}

Found find_program(const PathWalk& paths, const ExecCall& call, const std::string& path) {
    const LastLink last = (call.flags & AT_SYMLINK_NOFOLLOW) != 0 ? LastLink::kept : LastLink::followed;
    if (path.empty() && (call.flags & AT_EMPTY_PATH) != 0)
        return look_at(paths.descriptor_place(call.thread, *call.process, call.folder));
    Place place = paths.find(call.thread, *call.process, call.folder, path, last);
    if (S_ISLNK(status_of(place).st_mode)) throw Refusal{ELOOP};
    return look_at(std::move(place));
}

/// How a script is called that was given as a descriptor; the kernel's name for it.
std::string name_of_call(const ExecCall& call) {
    if (call.folder == AT_FDCWD || call.path.starts_with("/")) return call.path;
    return fmt::format("/dev/fd/{}{}{}", call.folder, call.path.empty() ? "" : "/", call.path);
}

void put_script_first(ExecPlan& plan, const ScriptLine& line, const std::string& script) {
    std::vector<std::string> words = {line.program};
    if (!line.argument.empty()) words.push_back(line.argument);
    words.push_back(script);
    if (!plan.first_arguments.empty()) plan.first_arguments.erase(plan.first_arguments.begin());
    plan.first_arguments.insert(plan.first_arguments.begin(), words.begin(), words.end());
}

void load(const PathWalk& paths, const ExecCall& call, Found& found, ExecPlan& plan) {
    ElfProgram program = read_elf(found.readable);
    if (!program.loader) {
        plan.kernel_file = open_place(found.place, O_PATH);
        return;
    }
    const Found loader = find_program(paths, {call.thread, call.process, AT_FDCWD, "", 0}, *program.loader);
    const ElfProgram loader_program = read_elf(loader.readable);
    if (!loader_program.is_movable || loader_program.loader) throw Refusal{ENOEXEC};
    plan.kernel_file = open_place(loader.place, O_PATH);
    plan.loaded = std::move(program);
    plan.loaded_file = std::move(found.readable);
}

}  // namespace

ExecPlan plan_exec(const PathWalk& paths, const ExecCall& call) {
    ExecPlan plan;
    plan.called = name_of_call(call);
    Found found = find_program(paths, call, call.path);
    std::string script = plan.called;
    for (int scripts = 0;; ++scripts) {
        const auto line = read_script_line(found.readable);
        if (!line) break;
        if (scripts >= most_scripts) throw Refusal{ELOOP};
        put_script_first(plan, *line, script);
        script = line->program;
        found = find_program(paths, {call.thread, call.process, AT_FDCWD, "", 0}, line->program);
    }
    plan.path = found.place.path;
    plan.file = open_place(found.place, O_PATH);
    plan.sets_user = (found.status.st_mode & S_ISUID) != 0;
    plan.sets_group = (found.status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
    plan.user = found.status.st_uid;
    plan.group = found.status.st_gid;
    load(paths, call, found, plan);
    return plan;
}

}  // namespace runtime::emulated

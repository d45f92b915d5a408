#include "builder/steps/copy_words.hpp"

#include <algorithm>
#include <memory>

#include "builder/steps/config_step.hpp"
#include "builder/steps/image_users.hpp"
#include "builder/syntax/ignore_patterns.hpp"
#include "runtime/base/error.hpp"
#include "runtime/container/users.hpp"

namespace builder {

using runtime::Error;

CopyWords expand_words(const StageState& state, const CopyInstruction& instruction, char escape) {
    const auto word = [&](const std::string& text) { return expand_in_stage(state, text, escape); };
    CopyWords words;
    words.is_add = instruction.is_add;
    words.keeps_parents = instruction.parents;
    words.is_linked = instruction.link;
    words.unpack = instruction.unpack;
    words.keep_git_folder = instruction.keep_git_dir;
    for (const std::string& source : instruction.sources) words.sources.push_back(word(source));
    words.from = word(instruction.from);
    words.chown = word(instruction.chown);
    words.chmod = word(instruction.chmod);
    words.checksum = word(instruction.checksum);
    for (const std::string& pattern : instruction.excludes) words.excludes.push_back(word(pattern));
    const std::string target = word(instruction.destination);
    const std::string base = state.config.config.working_dir.empty() ? "/" : state.config.config.working_dir;
    words.destination = absolute_path(base, target);
    const bool names_folder = target.ends_with("/") || target == "." || target.ends_with("/.") || target.empty();
    if (names_folder && words.destination != "/") words.destination += "/";
    if (words.sources.size() + instruction.inline_files.size() > 1 && !words.destination.ends_with("/"))
        throw Error("with more than one source the destination {} must be a folder and end with a slash",
                    runtime::quoted(target))
            .with_hint(fmt::format("write {}/", target));
    return words;
}

CopyOptions options_of(const CopyWords& words, const StageState& state) {
    CopyOptions options;
    if (!words.chown.empty()) {
        try {
            const runtime::Owner owner = find_owner(words.chown, state.view());
            options.owner = CopyOwner{owner.uid, owner.gid};
        } catch (Error& error) {
            error.add_context("looking up UID/GID for \"{}\"", words.chown);
            throw;
        }
    }
    if (!words.chmod.empty()) options.mode = ModeChange::parse(words.chmod);
    options.hides_time_of_copy = words.is_linked;
    return options;
}

CopySource::Filter with_excludes(const CopyWords& words, const CopySource::Filter& outer, const std::string& path) {
    if (words.excludes.empty()) return outer;
    auto matcher = std::make_shared<IgnoreMatcher>(words.excludes);
    const std::size_t base = path.empty() ? 0 : path.size() + 1;
    return [outer, matcher, base](const std::string& name, bool names_folder) {
        const CopySource::Verdict verdict = outer ? outer(name, names_folder) : CopySource::Verdict{};
        const std::string below = name.substr(std::min(base, name.size()));
        if (verdict.excluded || below.empty() || !matcher->excludes(below)) return verdict;
        return CopySource::Verdict{true, names_folder && matcher->may_contain_included(below, {})};
    };
}

}  // namespace builder

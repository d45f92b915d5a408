#include "builder/steps/copy_step.hpp"

#include "builder/engine/record/step_key.hpp"
#include "builder/steps/unpacked_archive.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using runtime::Error;

bool is_url(const std::string& text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

}  // namespace

void CopyJob::unpack(runtime::Fd archive, const std::string& name, overlay::UpperFolder& upper,
                     CopyWriter& writer) const {
    CopyOptions own;
    own.modified = options.modified;
    UnpackedArchive(environment.store, std::move(archive), name).copy_to(upper, own, words.destination, writer);
}

CopyStep::CopyStep(StepEnvironment& environment, const StageState& state, const CopyInstruction& instruction,
                   std::size_t stage, const CopyUse& use)
    : environment_(environment),
      state_(state),
      words_(expand_words(state, instruction, environment.escape)),
      options_(options_of(words_, state)),
      job_{environment, words_, options_, use},
      trees_(job_, words_.from.empty() ? environment.context.source : environment.find_source(words_.from, stage)),
      texts_(job_),
      downloads_(job_),
      checkouts_(job_),
      content_(layers::Digest::of("")),
      key_{layers::Digest::of(""), layers::Digest::of(""), {}} {
    options_.modified = use.modified;
    gather(instruction);
    refuse_nothing();
    if (use.has_key) key_ = make_key();
}

void CopyStep::gather(const CopyInstruction& instruction) {
    for (const Heredoc& heredoc : instruction.inline_files) texts_.gather(state_, heredoc);
    for (const std::string& source : words_.sources) gather_word(source);
}

void CopyStep::gather_word(const std::string& source) {
    if (auto git = words_.is_add && words_.from.empty() ? parse_git_url(source) : std::nullopt;
        git && !git->may_be_local_path)
        return checkouts_.gather(*std::move(git));
    if (is_url(source)) {
        if (!words_.is_add && !job_.use.copy_fetches)
            throw Error("source can't be a URL for COPY").with_hint("ADD fetches URLs");
        return downloads_.gather(source);
    }
    if (!words_.checksum.empty())
        throw Error("checksum flag is not supported for local sources")
            .with_hint(fmt::format("{} is not fetched: leave --checksum out, or ADD a URL", runtime::quoted(source)));
    trees_.gather(source);
}

std::size_t CopyStep::count() const noexcept {
    return trees_.count() + texts_.count() + downloads_.count() + checkouts_.count();
}

/// Where no pattern of the command fits anything.
void CopyStep::refuse_nothing() const {
    if (count() > 0) return;
    if (job_.use.has_key) trees_.refuse_missing();
    if (job_.use.allows_empty_wildcard) return;
    throw Error("checking on sources: copier: stat: [\"{}\"]: no such file or directory",
                fmt::join(words_.sources, "\" \""))
        .with_hint("nothing fits; --allow-empty-wildcard lets it");
}

StepKey CopyStep::make_key() {
    KeyBuilder key(state_.files_key, words_.is_add ? "ADD" : "COPY");
    key.add("destination", words_.destination);
    key.add("owner", options_.owner ? fmt::format("{}:{}", options_.owner->uid, options_.owner->gid) : "");
    key.add("mode", words_.chmod);
    key.add("unpack", words_.unpack ? (*words_.unpack ? "yes" : "no") : "");
    key.add("parents", words_.keeps_parents ? "yes" : "");
    key.add("link", words_.is_linked ? "yes" : "");
    for (const std::string& source : words_.sources) key.add("source", source);
    key.add("from", words_.from.empty() ? "" : "other");
    add_times(key, environment_.policy.times);
    key.seal_step();
    for (CopyInput* const input : inputs()) input->add_to_key(key);
    content_ = key.digest_of_inputs();
    return key.finish();
}

std::string CopyStep::content() const {
    const bool is_folder = checkouts_.count() > 0 || (trees_.count() > 0 && trees_.begins_with_folder());
    return fmt::format("{}:{}", count() > 1 ? "multi" : is_folder ? "dir" : "file", content_.hex());
}

void CopyStep::perform(layers::StagedLayer& staged) {
    overlay::UpperFolder upper(staged.diff_path(), state_.view());
    perform(upper);
}

void CopyStep::perform(overlay::UpperFolder& upper) {
    CopyWriter writer(upper, options_);
    for (CopyInput* const input : inputs()) input->write(writer, upper);
    writer.finish();
}

}  // namespace builder

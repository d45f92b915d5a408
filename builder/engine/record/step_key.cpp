#include "builder/engine/record/step_key.hpp"

#include <fmt/format.h>

#include <deque>
#include <map>

namespace builder {
namespace {

/// Lengths in front, so that no two lists of parts give the same bytes.
layers::Digest digest_of(const std::vector<layers::KeyInput>& parts) {
    layers::Hasher hasher;
    for (const layers::KeyInput& part : parts)
        hasher.write(fmt::format("{}:{}{}:{}", part.name.size(), part.name, part.value.size(), part.value));
    return hasher.finish();
}

/// Pairs inputs of one name in their order: the sources of a COPY may have one name, the words of a command do.
class InputPairs {
public:
    explicit InputPairs(const std::vector<layers::KeyInput>& inputs) {
        for (const layers::KeyInput& input : inputs) values_[input.name].push_back(&input.value);
    }
    /// The next one of this name, or nothing.
    const std::string* next(const std::string& name) {
        auto& values = values_[name];
        if (values.empty()) return nullptr;
        const std::string* const value = values.front();
        values.pop_front();
        return value;
    }

private:
    std::map<std::string, std::deque<const std::string*>> values_;
};

}  // namespace

KeyBuilder::KeyBuilder(const layers::Digest& parent, std::string_view instruction) {
    // Raised when records of before may be wrong ones. 2: RUN knows the flags of the command line. 3: what the steps
    // below have really made counts, and all that a step reads is in its key.
    add("version", "3");
    add("parent", parent.text());
    add("instruction", std::string(instruction));
}

KeyBuilder& KeyBuilder::add(std::string name, std::string value) {
    parts_.push_back({std::move(name), std::move(value)});
    return *this;
}

KeyBuilder& KeyBuilder::seal_step() {
    step_ = digest_of(parts_);
    sealed_ = parts_.size();
    return *this;
}

layers::Digest KeyBuilder::digest_of_inputs() const {
    return digest_of({parts_.begin() + static_cast<std::ptrdiff_t>(sealed_), parts_.end()});
}

StepKey KeyBuilder::finish() {
    if (!step_) seal_step();
    StepKey key{digest_of(parts_), *step_, std::move(parts_)};
    constexpr std::size_t kept_digits = 16;
    for (layers::KeyInput& part : key.inputs) part.value = layers::Digest::of(part.value).hex().substr(0, kept_digits);
    return key;
}

void add_times(KeyBuilder& key, const layers::TimeRule& times) {
    if (times.clamp_seconds) key.add("timestamp", fmt::format("{} {}", *times.clamp_seconds, times.clamp_all));
}

layers::Digest key_of_layers(const std::vector<layers::Digest>& diff_ids) {
    std::vector<layers::KeyInput> parts;
    for (const layers::Digest& diff_id : diff_ids) parts.push_back({"layer", diff_id.text()});
    return digest_of(parts);
}

InputDifference first_difference(const std::vector<layers::KeyInput>& before,
                                 const std::vector<layers::KeyInput>& now) {
    using Kind = InputDifference::Kind;
    InputPairs known(before);
    for (const layers::KeyInput& input : now) {
        const std::string* const value = known.next(input.name);
        if (value == nullptr) return {Kind::added, input.name, "", input.value};
        if (*value != input.value) return {Kind::changed, input.name, *value, input.value};
    }
    InputPairs present(now);
    for (const layers::KeyInput& input : before)
        if (present.next(input.name) == nullptr) return {Kind::removed, input.name, input.value, ""};
    return {};
}

}  // namespace builder

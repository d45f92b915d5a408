#include "builder/build/step_key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace builder {
namespace {

/// Lengths in front, so that no two lists of parts give the same bytes.
layers::Digest digest_of(const std::vector<layers::KeyInput>& parts) {
    layers::Hasher hasher;
    for (const layers::KeyInput& part : parts)
        hasher.write(fmt::format("{}:{}{}:{}", part.name.size(), part.name, part.value.size(), part.value));
    return hasher.finish();
}

const layers::KeyInput* find(const std::vector<layers::KeyInput>& inputs, const std::string& name) {
    const auto found =
        std::find_if(inputs.begin(), inputs.end(), [&](const layers::KeyInput& input) { return input.name == name; });
    return found == inputs.end() ? nullptr : &*found;
}

}  // namespace

KeyBuilder::KeyBuilder(const layers::Digest& parent, std::string_view instruction) {
    // Raised when records of before may be wrong ones: 2 is the first whose RUN knows the flags of the command line.
    add("version", "2");
    add("parent", parent.text());
    add("instruction", std::string(instruction));
}

KeyBuilder& KeyBuilder::add(std::string name, std::string value) {
    parts_.push_back({std::move(name), std::move(value)});
    return *this;
}

KeyBuilder& KeyBuilder::seal_step() {
    step_ = digest_of(parts_);
    return *this;
}

StepKey KeyBuilder::finish() {
    if (!step_) seal_step();
    StepKey key{digest_of(parts_), *step_, std::move(parts_)};
    constexpr std::size_t kept_digits = 16;
    for (layers::KeyInput& part : key.inputs) part.value = layers::Digest::of(part.value).hex().substr(0, kept_digits);
    return key;
}

layers::Digest key_of_layers(const std::vector<layers::Digest>& diff_ids) {
    std::vector<layers::KeyInput> parts;
    for (const layers::Digest& diff_id : diff_ids) parts.push_back({"layer", diff_id.text()});
    return digest_of(parts);
}

std::string explain_miss(const std::vector<layers::KeyInput>& before, const std::vector<layers::KeyInput>& now) {
    if (before.empty()) return "";
    for (const layers::KeyInput& input : now) {
        const layers::KeyInput* const known = find(before, input.name);
        if (known == nullptr) return input.name + " is new";
        if (known->value != input.value) return input.name + " changed";
    }
    for (const layers::KeyInput& input : before)
        if (find(now, input.name) == nullptr) return input.name + " is gone";
    return "";
}

}  // namespace builder

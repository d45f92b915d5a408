// Cache keys: a digest over everything that a step's result depends on, and the parts as rows, for `why`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "builder/engine/record/sealed_layer.hpp"
#include "layers/digest.hpp"

namespace builder {

/// Collects the parts of a key. What is added before seal_step() makes the step; what comes after is its inputs.
class KeyBuilder {
public:
    /// `parent` is the key of the files that the step starts from.
    KeyBuilder(const layers::Digest& parent, std::string_view instruction);

    KeyBuilder& add(std::string name, std::string value);
    /// Ends the part that says what the step does, as distinct from what it does it with.
    KeyBuilder& seal_step();
    /// The digest of the step, after seal_step().
    const layers::Digest& step() const { return step_.value(); }
    /// Of what was added after seal_step().
    layers::Digest digest_of_inputs() const;
    /// The inputs of the key hold digests of the values, for they are written down, and a value may be a secret.
    StepKey finish();

private:
    std::vector<layers::KeyInput> parts_;
    std::optional<layers::Digest> step_;
    std::size_t sealed_ = 0;  ///< parts of the step
};

/// How the times of files are made, which all layers depend on.
void add_times(KeyBuilder& key, const layers::TimeRule& times);

/// The key of a root made of these layers.
layers::Digest key_of_layers(const std::vector<layers::Digest>& diff_ids);

/// The first input of a step that is not what it was when the step was recorded.
struct InputDifference {
    enum class Kind { none, changed, added, removed };
    Kind kind = Kind::none;
    std::string name = {};
    std::string before = {};  ///< digests, as in StepKey::inputs
    std::string now = {};
};
InputDifference first_difference(const std::vector<layers::KeyInput>& before, const std::vector<layers::KeyInput>& now);

}  // namespace builder

// What went wrong in a command that goes on with its other words.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/error.hpp"

namespace builder {

class Failures {
public:
    /// Does it, and keeps the error where it fails.
    template <typename Act>
    void attempt(Act act) {
        try {
            act();
        } catch (const runtime::Error& error) {
            errors_.push_back(error);
        }
    }

    /// Throws Error with a list of them all, as Buildah prints it, even of one; with the hint and the exit code of the
    /// first one.
    void throw_if_any() const {
        if (errors_.empty()) return;
        std::string list;
        for (const runtime::Error& error : errors_) list += "\n\t* " + error.full_message();
        runtime::Error whole("{} error{} occurred:{}\n", errors_.size(), errors_.size() == 1 ? "" : "s", list);
        whole.with_hint(errors_.front().hint()).with_exit_code(errors_.front().exit_code());
        throw whole;
    }

private:
    std::vector<runtime::Error> errors_;
};

}  // namespace builder

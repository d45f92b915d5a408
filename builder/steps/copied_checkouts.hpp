// Commits of git repositories: ADD https://host/repository.git#ref:folder.
#pragma once

#include <vector>

#include "builder/steps/copy_input.hpp"
#include "builder/syntax/git_url.hpp"

namespace builder {

class CopiedCheckouts final : public CopyInput {
public:
    using CopyInput::CopyInput;

    /// Asks the remote which commit the URL means; the files are fetched when they are written. Throws Error.
    void gather(GitUrl url);

    std::size_t count() const noexcept override { return checkouts_.size(); }
    void add_to_key(KeyBuilder& key) override;
    void write(CopyWriter& writer, overlay::UpperFolder& upper) override;

private:
    struct Checkout {
        GitUrl url;
        GitSource source;
        GitCommit commit;
        GitCheckout options;
    };
    GitCheckout options_for(const GitUrl& url) const;
    void write_one(Checkout& checkout, CopyWriter& writer) const;

    std::vector<Checkout> checkouts_;
};

}  // namespace builder

// Changes of the store that belong together.
#pragma once

#include <functional>

#include "layers/store/ballast.hpp"
#include "layers/store/database.hpp"

namespace layers {

/// Runs functions that change several things of the store as one change. The function may call anything of the store;
/// other threads wait meanwhile, and other processes do once it writes.
///
/// What a call of the store has changed outside of all this is a change of its own: it is there for every process when
/// the call returns and survives the end of this one. A power cut may take the last changes back, whole and in the
/// order in which they came, unless a call says that its change is on the disk.
class Transactions {
public:
    Transactions(GuardedDatabase& database, const Ballast& ballast) : database_(database), ballast_(ballast) {}

    /// Whether this process has changed anything.
    bool has_written();

    /// All of its changes, or none where it throws. May be nested: it is then a part of the outer one.
    void run(const std::function<void()>& change);
    /// The same, and what was changed is on the disk when it returns. Not within a transaction.
    void run_durably(const std::function<void()>& change);
    /// The same for what precedes a removal of files, so that no power cut brings back a row whose files are gone.
    /// Where the disk is full, it is tried again with the room of the ballast, so the function must be one that can be
    /// run twice. Not within a transaction.
    void remove_durably(const std::function<void()>& change);
    /// Does a part of a removal; where the disk is full, once more with the room of the ballast. Within a transaction
    /// nothing is done twice: that is for the outermost one.
    void with_room(const std::function<void()>& work);
    /// A transaction for what only makes later commands quicker: where it fails, that is logged and ends nothing.
    /// `what` ends the sentence "cannot note …".
    void where_possible(const char* what, const std::function<void()>& change);

private:
    GuardedDatabase& database_;
    const Ballast& ballast_;
};

}  // namespace layers

#include "layers/store/transactions.hpp"

#include <cerrno>
#include <stdexcept>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"

namespace layers {
namespace {

/// As long as it lives, a transaction is on the disk when it ends.
class Durability {
public:
    explicit Durability(Database& database) : database_(database) { database_.run("PRAGMA synchronous = FULL"); }
    ~Durability() {
        try {
            database_.run("PRAGMA synchronous = NORMAL");
        } catch (const runtime::Error&) {
            // Then all that follows is durable, too: slower, and not wrong.
        }
    }
    Durability(const Durability&) = delete;
    Durability& operator=(const Durability&) = delete;

private:
    Database& database_;
};

}  // namespace

bool Transactions::has_written() {
    const auto database = database_.lock();
    return database->has_written();
}

void Transactions::run(const std::function<void()>& change) {
    const auto database = database_.lock();
    database->in_transaction(change);
}

void Transactions::run_durably(const std::function<void()>& change) {
    const auto database = database_.lock();
    if (database->is_in_transaction()) throw std::logic_error("a durable transaction within another one");
    const Durability durability(*database);
    database->in_transaction(change);
}

void Transactions::remove_durably(const std::function<void()>& change) {
    with_room([&] { run_durably(change); });
}

void Transactions::with_room(const std::function<void()>& work) {
    const auto database = database_.lock();
    if (database->is_in_transaction()) return work();
    try {
        return work();
    } catch (const DiskFull&) {
        if (!ballast_.drop()) throw;
    } catch (const runtime::SystemError& error) {
        if ((error.number() != ENOSPC && error.number() != EDQUOT) || !ballast_.drop()) throw;
    }
    work();
}

void Transactions::where_possible(const char* what, const std::function<void()>& change) {
    try {
        run(change);
    } catch (const runtime::Error& error) {
        runtime::log_debug("cannot note {}: {}", what, error.full_message());
    }
}

}  // namespace layers

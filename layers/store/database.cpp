#include "layers/store/database.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include "layers/store/migrations.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"

namespace layers {
namespace {

using runtime::Error;

constexpr int busy_timeout_milliseconds = 60'000;

void execute(sqlite3* connection, const char* sql, std::string_view act) {
    char* message = nullptr;
    if (::sqlite3_exec(connection, sql, nullptr, nullptr, &message) == SQLITE_OK) return;
    const std::string reason = message != nullptr ? message : ::sqlite3_errmsg(connection);
    ::sqlite3_free(message);
    throw Error("cannot {} the store's database: {}", act, reason);
}

/// Leaving the scope without commit() rolls back.
class Transaction {
public:
    explicit Transaction(Database& database) : database_(database) { database_.run("BEGIN IMMEDIATE"); }
    ~Transaction() {
        if (!is_open_) return;
        try {
            database_.run("ROLLBACK");
        } catch (const Error&) {
            // SQLite has rolled back by itself already, which is what was wanted.
        }
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        database_.run("COMMIT");
        is_open_ = false;
    }

private:
    Database& database_;
    bool is_open_ = true;
};

}  // namespace

void Query::Releaser::operator()(sqlite3_stmt* statement) const noexcept {
    ::sqlite3_finalize(statement);
}

Query::Query(sqlite3* connection, std::string_view sql) : connection_(connection) {
    sqlite3_stmt* statement = nullptr;
    if (::sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
        fail("prepare a statement for");
    statement_.reset(statement);
}

void Query::fail(const char* act) const {
    const int code = ::sqlite3_extended_errcode(connection_);
    if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_SHMMAP) {
        DiskFull error("cannot {} the store's database: {}", act, ::sqlite3_errmsg(connection_));
        error.with_hint("the disk is full; builder prune frees room");
        throw error;
    }
    throw Error("cannot {} the store's database: {}", act, ::sqlite3_errmsg(connection_));
}

Query& Query::bind(int position, std::string_view text) {
    if (::sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8) !=
        SQLITE_OK)
        fail("bind a value for");
    return *this;
}

Query& Query::bind(int position, std::int64_t value) {
    if (::sqlite3_bind_int64(statement_.get(), position, value) != SQLITE_OK) fail("bind a value for");
    return *this;
}

Query& Query::bind(int position, const std::optional<std::int64_t>& value) {
    if (value) return bind(position, *value);
    if (::sqlite3_bind_null(statement_.get(), position) != SQLITE_OK) fail("bind a value for");
    return *this;
}

Query& Query::bind(int position, const std::optional<std::string>& text) {
    if (text) return bind(position, std::string_view(*text));
    if (::sqlite3_bind_null(statement_.get(), position) != SQLITE_OK) fail("bind a value for");
    return *this;
}

Query& Query::bind_bytes(int position, std::string_view bytes) {
    const char* const data = bytes.empty() ? "" : bytes.data();
    if (::sqlite3_bind_blob64(statement_.get(), position, data, bytes.size(), SQLITE_TRANSIENT) != SQLITE_OK)
        fail("bind a value for");
    return *this;
}

bool Query::next() {
    const int result = ::sqlite3_step(statement_.get());
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) fail("read or change");
    return false;
}

void Query::run() {
    while (next()) {
    }
    reset();
}

void Query::reset() noexcept {
    ::sqlite3_reset(statement_.get());
}

std::string Query::text(int column) const {
    const void* const data = ::sqlite3_column_blob(statement_.get(), column);
    const int size = ::sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const char*>(data), static_cast<std::size_t>(data == nullptr ? 0 : size)};
}

std::int64_t Query::integer(int column) const {
    return ::sqlite3_column_int64(statement_.get(), column);
}

bool Query::is_null(int column) const {
    return ::sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Closer::operator()(sqlite3* connection) const noexcept {
    ::sqlite3_close_v2(connection);
}

Database Database::open(const std::string& path) {
    // SQLite gives what it makes beside it the same mode. What is there is not opened: closing it would end the locks
    // that this process has on it.
    runtime::Fd(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    sqlite3* connection = nullptr;
    const int result = ::sqlite3_open_v2(path.c_str(), &connection,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(connection);
    if (result != SQLITE_OK)
        throw Error("cannot open the store's database {}: {}", runtime::quoted(path),
                    connection != nullptr ? ::sqlite3_errmsg(connection) : "out of memory");
    ::sqlite3_busy_timeout(connection, busy_timeout_milliseconds);
    // The last one to leave would write the log back and flush it: 10 ms for each small command. The log is written
    // back when it has grown instead.
    ::sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    try {
        database.migrate();
    } catch (Error& error) {
        error.add_context("cannot use the store's database {}", runtime::quoted(path));
        throw;
    }
    return database;
}

void Database::migrate() {
    // WAL: readers never wait for a writer. NORMAL: a power cut may take the last transactions back, never half of one.
    // A table that others refer to can be made anew only as long as nothing watches over the references.
    execute(connection_.get(), "PRAGMA foreign_keys = OFF; PRAGMA synchronous = NORMAL", "set up");
    bring_up_to_date();
    execute(connection_.get(), "PRAGMA foreign_keys = ON", "set up");
}

/// How many migrations it has been through.
std::size_t Database::format() {
    Query version = query("PRAGMA user_version");
    version.next();
    return static_cast<std::size_t>(version.integer(0));
}

void Database::bring_up_to_date() {
    const auto scripts = migrations();
    const std::size_t found = format();
    if (found == scripts.size()) return;
    if (found > scripts.size())
        throw Error(
            "it was written by a newer version of builder: it has format {}, this version knows formats up to {}",
            found, scripts.size())
            .with_hint("use that version, or another store with --root");
    execute(connection_.get(), "PRAGMA journal_mode = WAL", "set up");
    in_transaction([&] {
        // Another process may have been faster while this one waited for the lock.
        for (std::size_t version = format(); version < scripts.size(); ++version) {
            const std::string act = fmt::format("apply the migration {} to", scripts[version].name);
            execute(connection_.get(), scripts[version].script, act);
            execute(connection_.get(), fmt::format("PRAGMA user_version = {}", version + 1).c_str(), act);
        }
    });
}

std::int64_t Database::last_inserted_row() const noexcept {
    return ::sqlite3_last_insert_rowid(connection_.get());
}

bool Database::is_read_only() const noexcept {
    return ::sqlite3_db_readonly(connection_.get(), "main") == 1;
}

bool Database::has_written() const noexcept {
    return ::sqlite3_total_changes(connection_.get()) > 0;
}

int Database::changed_rows() const noexcept {
    return ::sqlite3_changes(connection_.get());
}

void Database::in_transaction(const std::function<void()>& change) {
    if (is_in_transaction()) return change();
    Transaction transaction(*this);
    struct Depth {
        unsigned& depth;
        ~Depth() { --depth; }
    } const depth{++transaction_depth_};
    change();
    transaction.commit();
}

}  // namespace layers

// SQLite behind guards: statements that free themselves, transactions that roll back, errors that name the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "layers/store/guarded.hpp"
#include "runtime/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace layers {

/// The disk has no room for a change; nothing was changed.
class DiskFull : public runtime::Error {
public:
    using Error::Error;
};

/// A prepared statement. Bind by position from 1, step with next(), read columns from 0. It cannot be moved, so it ends
/// before the lock that it was made under.
class Query {
public:
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    template <typename... Values>
    Query& bind_all(const Values&... values) {
        int position = 0;
        (bind(++position, values), ...);
        return *this;
    }
    Query& bind(int position, std::string_view text);
    Query& bind(int position, const std::string& text) { return bind(position, std::string_view(text)); }
    Query& bind(int position, const char* text) { return bind(position, std::string_view(text)); }
    Query& bind(int position, std::int64_t value);
    Query& bind(int position, const std::optional<std::int64_t>& value);
    Query& bind(int position, const std::optional<std::string>& text);
    Query& bind_bytes(int position, std::string_view bytes);

    /// Steps to the next row; false at the end. Throws Error, and DiskFull.
    bool next();
    /// Runs a statement that gives no rows and makes it ready to be bound again.
    void run();
    void reset() noexcept;

    std::string text(int column) const;
    std::int64_t integer(int column) const;
    bool is_null(int column) const;

private:
    friend class Database;
    struct Releaser {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    Query(sqlite3* connection, std::string_view sql);
    [[noreturn]] void fail(const char* act) const;
    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Releaser> statement_;
};

/// One connection. It belongs to one thread at a time: the store keeps it in a Guarded<Database>. Waits up to a minute
/// for another process that writes.
class Database {
public:
    /// Opens or makes the database and brings its schema up to date, in one transaction. Throws Error where a newer
    /// version of builder wrote it, and leaves it as it is then.
    static Database open(const std::string& path);

    Query query(std::string_view sql) { return Query(connection_.get(), sql); }
    void run(std::string_view sql) { query(sql).run(); }
    std::int64_t last_inserted_row() const noexcept;
    /// Whether it lies where nothing can be written.
    bool is_read_only() const noexcept;
    /// Whether any row was changed since it was opened.
    bool has_written() const noexcept;
    /// How many rows the last statement changed.
    int changed_rows() const noexcept;

    /// Runs a function within one transaction: all of its changes, or none where it throws. Within another transaction
    /// it is a part of that one. The write lock is taken at once, so that it cannot fail half way.
    void in_transaction(const std::function<void()>& change);
    bool is_in_transaction() const noexcept { return transaction_depth_ > 0; }

private:
    struct Closer {
        void operator()(sqlite3* connection) const noexcept;
    };
    explicit Database(sqlite3* connection) noexcept : connection_(connection) {}
    void migrate();
    void bring_up_to_date();
    std::size_t format();
    std::unique_ptr<sqlite3, Closer> connection_;
    unsigned transaction_depth_ = 0;
};

using GuardedDatabase = Guarded<Database>;

}  // namespace layers

// SQLite behind guards: statements that free themselves, transactions that roll back, errors that name the file.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace layers {

/// The disk has no room for a change; nothing was changed.
class DiskFull : public runtime::Error {
public:
    using Error::Error;
};

/// A prepared statement. Bind by position from 1, step with next(), read columns from 0. The connection is this
/// thread's as long as the statement lives: nobody can query it without the lock.
class Query {
public:
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

    /// Steps to the next row; false at the end. Throws Error.
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
    Query(std::recursive_mutex& mutex, sqlite3* connection, std::string_view sql);
    [[noreturn]] void fail(const char* act) const;
    std::unique_lock<std::recursive_mutex> lock_;
    sqlite3* connection_;
    std::unique_ptr<sqlite3_stmt, Releaser> statement_;
};

/// One connection. Each query locks it; who asks several things that belong together holds mutex() meanwhile. Waits up
/// to a minute for another writer.
class Database {
public:
    /// Opens or makes the database and brings its schema up to date. Throws Error, with a hint for a newer format.
    static Database open(const std::string& path);

    std::recursive_mutex& mutex() noexcept { return *mutex_; }
    Query query(std::string_view sql) { return Query(*mutex_, connection_.get(), sql); }
    void run(std::string_view sql) { query(sql).run(); }
    std::int64_t last_inserted_row() const noexcept;
    /// Whether it lies where nothing can be written.
    bool is_read_only() const noexcept;
    /// How many rows the last statement changed.
    int changed_rows() const noexcept;

private:
    struct Closer {
        void operator()(sqlite3* connection) const noexcept;
    };
    explicit Database(sqlite3* connection) noexcept : connection_(connection) {}
    void migrate(const std::string& path);
    void bring_up_to_date(const std::string& path);
    std::unique_ptr<std::recursive_mutex> mutex_ = std::make_unique<std::recursive_mutex>();
    std::unique_ptr<sqlite3, Closer> connection_;
};

/// Leaving the scope without commit() rolls back. The write lock is taken at once, so that it cannot fail half way.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace layers

#include "layers/store/transactions.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <stdexcept>

#include "tests/unit/layers/store/store_fixture.hpp"

namespace layers {
namespace {

using runtime::Error;

class TransactionsTest : public testing::Test {
protected:
    void put(const std::string& name) {
        const auto database = database_.lock();
        database->query("INSERT INTO properties VALUES (?, '')").bind_all(name).run();
    }
    std::string synchronous() {
        const auto database = database_.lock();
        Query row = database->query("PRAGMA synchronous");
        row.next();
        return row.text(0);
    }
    std::string count() const { return run_sql(path_, "SELECT count(*) FROM properties"); }

    runtime::TempFolder folder_;
    std::string path_ = folder_.path("store.db");
    Ballast ballast_{folder_.path("ballast")};
    GuardedDatabase database_{Database::open(path_)};
    Transactions transactions_{database_, ballast_};
};

TEST_F(TransactionsTest, AFailedOneLeavesNothing) {
    EXPECT_THROW(transactions_.run([&] {
        put("a");
        throw Error("half way");
    }),
                 Error);
    EXPECT_EQ(count(), "0");
}

TEST_F(TransactionsTest, ANestedOneIsPartOfTheOuter) {
    EXPECT_THROW(transactions_.run([&] {
        transactions_.run([&] { put("a"); });
        throw Error("half way");
    }),
                 Error);
    EXPECT_EQ(count(), "0");
    transactions_.run([&] {
        transactions_.run([&] { put("a"); });
        EXPECT_EQ(count(), "0");  // nobody else sees half of it
    });
    EXPECT_EQ(count(), "1");
}

TEST_F(TransactionsTest, AKillInTheMiddleLeavesNothing) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        GuardedDatabase database{Database::open(path_)};
        Transactions transactions(database, ballast_);
        transactions.run([&] {
            const auto locked = database.lock();
            locked->run("INSERT INTO properties VALUES ('child', '')");
            ::_exit(7);
        });
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_EQ(WEXITSTATUS(status), 7);
    EXPECT_EQ(count(), "0");
    put("parent");  // and no lock is left
    EXPECT_EQ(count(), "1");
}

TEST_F(TransactionsTest, ADurableOneIsFlushed) {
    const std::string usual = synchronous();
    std::string within;
    transactions_.run_durably([&] { within = synchronous(); });
    EXPECT_EQ(usual, "1");   // NORMAL
    EXPECT_EQ(within, "2");  // FULL
    EXPECT_EQ(synchronous(), usual);
    transactions_.remove_durably([&] { within = "removal " + synchronous(); });
    EXPECT_EQ(within, "removal 2");
}

TEST_F(TransactionsTest, ADurableOneStandsAlone) {
    EXPECT_THROW(transactions_.run([&] { transactions_.run_durably([] {}); }), std::logic_error);
    EXPECT_THROW(transactions_.run([&] { transactions_.remove_durably([] {}); }), std::logic_error);
}

TEST_F(TransactionsTest, OnAFullDiskTheBallastMakesRoom) {
    ASSERT_TRUE(exists(folder_.path("ballast")));
    int runs = 0;
    transactions_.remove_durably([&] {
        put("a");
        if (++runs == 1) throw DiskFull("the disk is full");
    });
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(count(), "1");
    EXPECT_FALSE(exists(folder_.path("ballast")));
    EXPECT_THROW(transactions_.with_room([] { throw DiskFull("the disk is full"); }), DiskFull);
}

TEST_F(TransactionsTest, OtherFailuresAreNotTriedAgain) {
    int runs = 0;
    EXPECT_THROW(transactions_.with_room([&] {
        ++runs;
        throw Error("no");
    }),
                 Error);
    errno = EACCES;
    EXPECT_THROW(transactions_.with_room([&] {
        ++runs;
        errno = EACCES;
        throw runtime::SystemError("no");
    }),
                 Error);
    EXPECT_EQ(runs, 2);
    EXPECT_TRUE(exists(folder_.path("ballast")));
}

TEST_F(TransactionsTest, WithinATransactionNothingIsDoneTwice) {
    int runs = 0;
    EXPECT_THROW(transactions_.run([&] {
        transactions_.with_room([&] {
            ++runs;
            throw DiskFull("the disk is full");
        });
    }),
                 DiskFull);
    EXPECT_EQ(runs, 1);
    EXPECT_TRUE(exists(folder_.path("ballast")));
}

TEST_F(TransactionsTest, WhatOnlyHelpsMayFail) {
    transactions_.where_possible("a test", [&] {
        put("a");
        throw Error("no");
    });
    EXPECT_EQ(count(), "0");
    transactions_.where_possible("a test", [&] { put("a"); });
    EXPECT_EQ(count(), "1");
}

}  // namespace
}  // namespace layers

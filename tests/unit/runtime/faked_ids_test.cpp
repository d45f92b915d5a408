#include "runtime/container/isolation/faked_ids.hpp"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

namespace runtime {
namespace {

/// A container of three processes: 1, its child 2, and 3, which is the child of 2. Addresses are indices into memory.
class Identities : public testing::Test {
protected:
    FakedIdentities make(FakedIds first = {}) {
        return {std::move(first),
                {[](const std::string& thread) {
                     return KnownProcess{thread, "start", std::to_string(std::stoi(thread) - 1)};
                 },
                 [this](const std::string&, std::uint64_t address, void* bytes, std::size_t size) {
                     std::memcpy(bytes, &memory_[address], size);
                 },
                 [this](const std::string&, std::uint64_t address, const void* bytes, std::size_t size) {
                     std::memcpy(&memory_[address], bytes, size);
                 }}};
    }
    static std::int64_t value(FakedIdentities& ids, long call, const char* thread) {
        const auto answer = ids.answer(call, thread, {0, 0, 0});
        return answer->as_it_is ? -1 : answer->value;
    }
    std::array<std::uint32_t, 8> memory_{};
};

TEST_F(Identities, AsLongAsAllAreRootTheKernelAnswers) {
    FakedIdentities ids = make();
    EXPECT_EQ(value(ids, SYS_getuid, "1"), -1);
    EXPECT_FALSE(ids.answer(SYS_read, "1", {0, 0, 0}).has_value());
}

TEST_F(Identities, ChildrenAreWhoTheirParentsBecame) {
    FakedIdentities ids = make();
    EXPECT_EQ(ids.answer(SYS_setuid, "2", {42, 0, 0})->error, 0);
    EXPECT_EQ(value(ids, SYS_getuid, "2"), 42);
    EXPECT_EQ(value(ids, SYS_geteuid, "3"), 42);
    EXPECT_EQ(value(ids, SYS_getuid, "1"), 0);
}

TEST_F(Identities, WhoGaveUpRootDoesNotGetItBack) {
    FakedIdentities ids = make();
    ids.answer(SYS_setresgid, "1", {7, 7, 7});
    ids.answer(SYS_setresuid, "1", {8, 8, 8});
    EXPECT_EQ(ids.answer(SYS_setuid, "1", {0, 0, 0})->error, EPERM);
    EXPECT_EQ(ids.answer(SYS_setgid, "1", {0, 0, 0})->error, EPERM);
    EXPECT_EQ(ids.answer(SYS_setgroups, "1", {0, 0, 0})->error, EPERM);
    EXPECT_EQ(value(ids, SYS_getegid, "1"), 7);
}

TEST_F(Identities, TheSavedUserCanBeTakenUpAgain) {
    FakedIdentities ids = make();
    ids.answer(SYS_setresuid, "1", {0xffffffff, 9, 0xffffffff});
    EXPECT_EQ(value(ids, SYS_geteuid, "1"), 9);
    EXPECT_EQ(value(ids, SYS_getuid, "1"), 0);
    EXPECT_EQ(ids.answer(SYS_setuid, "1", {0, 0, 0})->error, 0);
    EXPECT_EQ(value(ids, SYS_geteuid, "1"), 0);
}

TEST_F(Identities, GroupsAreRememberedAndTold) {
    FakedIdentities ids = make();
    memory_ = {11, 12};
    EXPECT_EQ(ids.answer(SYS_setgroups, "1", {2, 0, 0})->error, 0);
    EXPECT_EQ(value(ids, SYS_getgroups, "3"), 2);
    EXPECT_EQ(ids.answer(SYS_getgroups, "3", {1, 4, 0})->error, EINVAL);
    EXPECT_EQ(ids.answer(SYS_getgroups, "3", {2, 4, 0})->value, 2);
    EXPECT_EQ(memory_[4], 11U);
    EXPECT_EQ(memory_[5], 12U);
}

TEST_F(Identities, TheFirstProcessCanBeSomebody) {
    FakedIds first;
    first.users = {1000, 1000, 1000};
    FakedIdentities ids = make(first);
    EXPECT_EQ(value(ids, SYS_getuid, "3"), 1000);
    EXPECT_EQ(ids.answer(SYS_getresuid, "3", {0, 1, 2})->error, 0);
    EXPECT_EQ(memory_[2], 1000U);
}

}  // namespace
}  // namespace runtime

// Other programs: what they get, what they give, and that they end.
#include "runtime/sys/program.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "runtime/base/error.hpp"

namespace runtime {
namespace {

TEST(Program, GetsInputAndGivesOutput) {
    ProgramRequest request{{"sh", "-c", "cat; echo no >&2; exit 3"}};
    request.input = "hello";
    const ProgramResult result = run_program(request);
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.output, "hello");
    EXPECT_EQ(result.complaints, "no\n");
}

TEST(Program, SeesOnlyTheEnvironmentAndTheFolderItIsGiven) {
    ProgramRequest request{{"/bin/sh", "-c", "echo $A; pwd"}, {{"A=1"}}, "/usr"};
    EXPECT_EQ(run_program(request).output, "1\n/usr\n");
}

TEST(Program, HasNoOtherDescriptors) {
    const Pipe pipe = make_pipe();
    const Fd leaked(::dup(pipe.read_end.get()));
    EXPECT_EQ(run_program({{"sh", "-c", "ls /proc/self/fd | wc -l"}}).output, "4\n");  // the fourth is of ls itself
}

/// A daemon that it leaves behind holds its descriptors.
TEST(Program, IsNotWaitedForBeyondItsEnd) {
    const ProgramResult result = run_program({{"sh", "-c", "echo said; sleep 5 & echo $!"}});
    EXPECT_EQ(result.output.substr(0, 5), "said\n");
    EXPECT_EQ(::kill(std::stoi(result.output.substr(5)), SIGKILL), 0) << "it was waited for";
}

TEST(Program, ThatIsMissingIsNamed) {
    try {
        run_program({{"no-such-program"}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.message(), "the program 'no-such-program' is not installed");
    }
}

TEST(Program, ThatIsNoneIsAnError) {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "under ThreadSanitizer vfork is a fork, whose child cannot say why it failed";
#endif
    EXPECT_THROW(run_program({{"/etc/passwd"}}), Error);
}

TEST(Program, IsEndedBySignal) {
    EXPECT_EQ(run_program({{"sh", "-c", "kill -TERM $$"}}).exit_code, 128 + SIGTERM);
}

TEST(Program, EndsWithAllItStartedWhenStopIsAskedFor) {
    StopSource stop;
    std::thread stopper([&] { stop.request_stop(); });
    EXPECT_THROW(run_program({{"sh", "-c", "sleep 1000 & sleep 1000"}}, &stop), Error);
    stopper.join();
}

/// Whichever descriptor it talks on, it is ended at the limit: what it says is never kept beyond.
TEST(Program, IsEndedWhenItSaysTooMuch) {
    for (const char* descriptor : {"1", "2"}) {
        const std::string mark = fmt::format("{}/program-{}-{}", ::testing::TempDir(), ::getpid(), descriptor);
        ProgramRequest request{
            {"sh", "-c", fmt::format("head -c 100000000 /dev/zero >&{}; touch {}", descriptor, mark)}};
        request.output_limit_bytes = 1U << 20;
        try {
            run_program(request);
            ADD_FAILURE() << descriptor;
        } catch (const Error& error) {
            EXPECT_NE(error.message().find("more than 1048576 bytes"), std::string::npos) << error.message();
        }
        EXPECT_NE(::access(mark.c_str(), F_OK), 0) << "it came to its end";
        ::unlink(mark.c_str());
    }
    ProgramRequest request{{"sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"}};
    const ProgramResult result = run_program(request);
    EXPECT_EQ(result.output.size(), 1000000U);
    EXPECT_EQ(result.complaints.size(), 1000000U);
}

}  // namespace
}  // namespace runtime

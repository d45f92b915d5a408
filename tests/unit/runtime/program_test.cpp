// Other programs: what they get, what they give, and that they end.
#include "runtime/sys/program.hpp"

#include <gtest/gtest.h>

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

TEST(Program, MayNotSayTooMuch) {
    ProgramRequest request{{"sh", "-c", "printf 123456"}};
    request.output_limit_bytes = 5;
    EXPECT_THROW(run_program(request), Error);
}

}  // namespace
}  // namespace runtime

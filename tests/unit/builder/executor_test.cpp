// The executor with fakes around it: images that are made up, a store in a folder of its own, and an observer that
// keeps what it is told. COPY of here-documents makes real layers without a container.
#include "builder/engine/run/executor.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <sstream>
#include <thread>

#include "builder/steps/command_runner.hpp"
#include "builder/syntax/parser.hpp"
#include "builder/syntax/source_text.hpp"
#include "runtime/base/error.hpp"
#include "runtime/sys/file.hpp"
#include "runtime/sys/temp_folder.hpp"

namespace builder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// Keeps the events, and calls `started` on the thread of a step that begins.
class Witness final : public BuildObserver {
public:
    std::function<void(const StepLabel&)> started = [](const StepLabel&) {};
    std::vector<std::string> finished;  ///< "STAGE/NUMBER OUTCOME"
    std::vector<std::string> failed;    ///< "STAGE/NUMBER"
    std::vector<std::string> reasons;
    std::map<std::string, std::string> output;  ///< by "STAGE/NUMBER"
    std::size_t stages = 0;

    void build_started(std::size_t count, std::size_t) override { stages = count; }
    void step_started(const StepLabel& step) override { started(step); }
    void step_output(const StepLabel& step, runtime::Bytes bytes) override {
        const std::lock_guard lock(mutex_);
        output[name(step)].append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    void step_finished(const StepLabel& step, const StepResult& result) override {
        static constexpr const char* outcomes[] = {"done", "cached", "configured"};
        const std::lock_guard lock(mutex_);
        finished.push_back(name(step) + " " + outcomes[static_cast<std::size_t>(result.outcome)]);
        if (!result.reason.text.empty()) reasons.push_back(result.reason.text);
    }
    void step_failed(const StepLabel& step) override {
        const std::lock_guard lock(mutex_);
        failed.push_back(name(step));
    }
    void notice(std::string_view) override {}
    void warning(std::string_view) override {}

private:
    static std::string name(const StepLabel& step) { return fmt::format("{}/{}", step.stage_name, step.number); }
    std::mutex mutex_;
};

/// "scratch", and whatever a test adds.
class MadeUpImages final : public BaseImages {
public:
    StageState open(const std::string& reference, const std::string& platform) override {
        const std::lock_guard lock(mutex_);
        asked.push_back(reference + " " + platform);
        if (reference == "broken") throw runtime::Error("there is no image {}", reference);
        return {};
    }
    std::vector<std::string> asked;

private:
    std::mutex mutex_;
};

/// Knows two commands: "write NAME TEXT" and "fail CODE"; `started` is called on the thread of each that begins.
class MadeUpCommands final : public CommandRunner {
public:
    explicit MadeUpCommands(RunSettings settings) : CommandRunner(std::move(settings)) {}
    std::function<void(const std::string&)> started = [](const std::string&) {};

    RunResult run(RunRequest request, layers::StagedLayer& staged, const StepLabel& label,
                  BuildObserver& observer) override {
        const std::string line = request.arguments.back();
        {
            const std::lock_guard lock(mutex_);
            ran_.push_back(line);
        }
        started(line);
        const std::string text = "output of " + line + "\n";
        observer.step_output(label, std::as_bytes(std::span(text.data(), text.size())));
        RunResult result;
        result.container.started = true;
        std::istringstream words(line);
        std::string command, name, content;
        words >> command >> name >> content;
        if (command == "fail")
            result.container.exit_code = std::stoi(name);
        else
            runtime::replace_file(staged.diff_path() + "/" + name, content);
        return result;
    }
    std::vector<std::string> ran() {
        const std::lock_guard lock(mutex_);
        return ran_;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> ran_;
};

class ExecutorTest : public testing::Test {
protected:
    ExecutorTest() : store_({folder_.path("root"), folder_.path("run")}) {}

    static BuildPlan plan(const std::string& text) {
        PlanRequest request;
        request.target_platform = request.build_platform = "linux/amd64";
        return make_plan(parse_containerfile(std::make_shared<SourceText>("Containerfile", text)), request);
    }

    Executor::Result run(const std::string& text, ExecutorSettings settings = {}) {
        settings.steps.platform = "linux/amd64";
        plan_ = plan(text);
        SourceFetcher fetcher([this]() -> layers::Store& { return store_; }, {}, {}, stop_);
        Executor executor(store_, *commands_, images_, witness_, fetcher, stop_, std::move(settings));
        return executor.run(plan_, {});
    }
    std::string error_of(const std::string& text, const ExecutorSettings& settings = {}) {
        try {
            run(text, settings);
        } catch (const runtime::Error& error) {
            return error.full_message();
        }
        return "nothing was thrown";
    }
    /// Drops the events of the build before.
    void forget() {
        witness_.finished.clear();
        witness_.failed.clear();
        witness_.reasons.clear();
    }

    runtime::TempFolder folder_;
    layers::Store store_;
    runtime::StopSource stop_;
    std::unique_ptr<MadeUpCommands> commands_ = std::make_unique<MadeUpCommands>(RunSettings{});
    Witness witness_;
    std::thread stopper_;
    MadeUpImages images_;
    BuildPlan plan_;
};

std::string file(const std::string& name, const std::string& content = "text") {
    return "COPY <<EOF /" + name + "\n" + content + "\nEOF\n";
}

TEST_F(ExecutorTest, StepsMakeLayersInTheirOrder) {
    const auto result = run("FROM scratch\n" + file("a") + "ENV X=1\n" + file("b"));
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 done", "0/3 configured", "0/4 done"));
    EXPECT_EQ(result.target.layers.size(), 2U);
    EXPECT_EQ(result.target.config.config.env, std::vector<std::string>{"X=1"});
}

TEST_F(ExecutorTest, TheSameStepsAreTakenFromTheCache) {
    const std::string text = "FROM scratch\n" + file("a") + file("b");
    const auto first = run(text);
    forget();
    const auto second = run(text);
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 cached", "0/3 cached"));
    ASSERT_EQ(second.target.layers.size(), 2U);
    EXPECT_EQ(second.target.layers[1]->record.get().diff_id, first.target.layers[1]->record.get().diff_id);
}

TEST_F(ExecutorTest, AChangedStepRunsAgainWithAllBelowIt) {
    run("FROM scratch\n" + file("a") + file("b") + file("c"));
    forget();
    run("FROM scratch\n" + file("a") + file("b", "other") + file("c"));
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 cached", "0/3 done", "0/4 done"));
    EXPECT_THAT(witness_.reasons, testing::Contains(HasSubstr("changed")));
}

TEST_F(ExecutorTest, NothingIsTakenWhereTheCacheIsNotUsed) {
    const std::string text = "FROM scratch\n" + file("a");
    run(text);
    forget();
    ExecutorSettings settings;
    settings.steps.use_cache = false;
    run(text, settings);
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 done"));
}

TEST_F(ExecutorTest, NothingIsKeptWhereTheCacheIsNotFilled) {
    const std::string text = "FROM scratch\n" + file("a");
    ExecutorSettings settings;
    settings.steps.fill_cache = false;
    run(text, settings);
    forget();
    run(text);
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 done"));
}

/// Both stages have to be at work before either goes on: with one thread for both this would wait for ever.
TEST_F(ExecutorTest, StagesRunSideBySide) {
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::size_t> at_work;
    bool met = false;
    witness_.started = [&](const StepLabel& step) {
        if (step.stage == 2 || step.number != 2) return;
        std::unique_lock lock(mutex);
        at_work.insert(step.stage);
        if (at_work.size() == 2) met = true;
        changed.notify_all();
        changed.wait_for(lock, std::chrono::seconds(20), [&] { return met; });
    };
    run("FROM scratch AS one\n" + file("a") + "FROM scratch AS two\n" + file("b") +
        "FROM scratch\nCOPY --from=one /a /\nCOPY --from=two /b /\n");
    EXPECT_TRUE(met);
    EXPECT_EQ(witness_.stages, 3U);
}

/// A stage at its second step gives others a moment to come beside it: none may.
TEST_F(ExecutorTest, NoMoreStagesThanJobsAreAtWork) {
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::size_t> at_work;
    std::size_t most = 0;
    witness_.started = [&](const StepLabel& step) {
        // The target waits for the others at its steps, and waiting does not count.
        if (step.number == 1 || step.stage == 3) return;
        std::unique_lock lock(mutex);
        at_work.insert(step.stage);
        most = std::max(most, at_work.size());
        changed.notify_all();
        if (step.number == 2)
            changed.wait_for(lock, std::chrono::milliseconds(200), [&] { return at_work.size() > 1; });
        else
            at_work.erase(step.stage);
    };
    ExecutorSettings settings;
    settings.jobs = 1;
    std::string text;
    for (const char* name : {"one", "two", "three"})
        text += std::string("FROM scratch AS ") + name + "\n" + file(name) + "ENV A=1\n";
    run(text + "FROM scratch\nCOPY --from=one /one /\nCOPY --from=two /two /\nCOPY --from=three /three /\n", settings);
    EXPECT_EQ(most, 1U);
}

TEST_F(ExecutorTest, TheFirstFailureIsTheOneThatIsReported) {
    const std::string error = error_of("FROM broken AS one\n" + file("a") + "FROM one\n" + file("b"));
    EXPECT_THAT(error, HasSubstr("there is no image broken"));
    EXPECT_THAT(witness_.failed, ElementsAre("one/1"));
    EXPECT_TRUE(stop_.stop_requested()) << "other stages go on for nothing";
}

TEST_F(ExecutorTest, AStopEndsTheBuildBeforeTheNextStep) {
    witness_.started = [&](const StepLabel& step) {
        if (step.number == 2) stop_.request_stop();
    };
    EXPECT_NE(error_of("FROM scratch\nENV A=1\n" + file("a")), "nothing was thrown");
    EXPECT_THAT(witness_.finished, ElementsAre("0/1 configured", "0/2 configured"));
}

TEST_F(ExecutorTest, EqualStepsOfTwoStagesRunOnce) {
    const auto result = run("FROM scratch AS one\n" + file("a") + "FROM scratch AS two\n" + file("a") +
                            "FROM scratch\nCOPY --from=one /a /1\nCOPY --from=two /a /2\n");
    std::vector<std::string> outcomes;
    for (const std::string& step : witness_.finished)
        if (step.starts_with("one/2") || step.starts_with("two/2")) outcomes.push_back(step.substr(6));
    EXPECT_THAT(outcomes, UnorderedElementsAre("done", "cached"));
    EXPECT_EQ(result.target.layers.size(), 2U);
}

TEST_F(ExecutorTest, ImagesAreAskedForThePlatformOfTheirStage) {
    run("FROM --platform=linux/arm64 a AS one\n" + file("a") + "FROM b\nCOPY --from=one /a /\n");
    EXPECT_THAT(images_.asked, UnorderedElementsAre("a linux/arm64", "b linux/amd64"));
}

TEST_F(ExecutorTest, AllStagesAreKeptWhereThatIsAskedFor) {
    ExecutorSettings settings;
    settings.keeps_all_stages = true;
    const auto result = run("FROM scratch AS one\n" + file("a") + "FROM scratch\nCOPY --from=one /a /\n", settings);
    ASSERT_EQ(result.others.size(), 1U);
    EXPECT_EQ(result.others[0].first, 0U);
    EXPECT_EQ(result.others[0].second.layers.size(), 1U);
}

TEST_F(ExecutorTest, CommandsMakeLayersAndAreNotRunAgain) {
    const std::string text = "FROM scratch\nRUN write one 1\nRUN write two 2\n";
    const auto first = run(text);
    EXPECT_THAT(commands_->ran(), ElementsAre("write one 1", "write two 2"));
    EXPECT_EQ(witness_.output.at("0/2"), "output of write one 1\n");
    ASSERT_EQ(first.target.layers.size(), 2U);
    EXPECT_EQ(runtime::read_file(first.target.layers[1]->folder + "/two"), "2");
    run(text);
    EXPECT_EQ(commands_->ran().size(), 2U);
}

/// What the caller asked of containers is a part of the key; it is the flag, and not what the machine made of it.
TEST_F(ExecutorTest, ACommandRunsAgainForAnotherSetting) {
    const std::string text = "FROM scratch\nRUN write one 1\n";
    run(text);
    RunSettings other;
    other.asked = {{"add-host", "a:10.0.0.1"}};
    commands_ = std::make_unique<MadeUpCommands>(other);
    run(text);
    EXPECT_EQ(commands_->ran().size(), 1U);
    run(text);
    EXPECT_EQ(commands_->ran().size(), 1U);
    RunSettings with_input;
    with_input.gives_input = true;  // nobody knows what it reads
    commands_ = std::make_unique<MadeUpCommands>(with_input);
    run(text);
    run(text);
    EXPECT_EQ(commands_->ran().size(), 2U);
}

TEST_F(ExecutorTest, ACommandThatFailsEndsTheBuildWithItsExitCode) {
    try {
        run("FROM scratch\nRUN fail 7\nRUN write never x\n");
        FAIL() << "nothing was thrown";
    } catch (const runtime::Error& error) {
        EXPECT_EQ(error.exit_code(), 7);
        EXPECT_THAT(error.full_message(), HasSubstr("fail 7"));
    }
    EXPECT_THAT(commands_->ran(), ElementsAre("fail 7"));
    EXPECT_THAT(witness_.failed, ElementsAre("0/2"));
}

/// The other stage is at a command when one fails; it does not get to its next.
TEST_F(ExecutorTest, AFailureKeepsOtherStagesFromTheirNextCommand) {
    std::mutex mutex;
    std::condition_variable changed;
    bool is_slow_begun = false;
    commands_->started = [&](const std::string& line) {
        std::unique_lock lock(mutex);
        if (line == "write slow 1") {
            is_slow_begun = true;
            changed.notify_all();
            changed.wait_for(lock, std::chrono::seconds(20), [&] { return stop_.stop_requested(); });
        } else if (line.starts_with("fail")) {
            changed.wait_for(lock, std::chrono::seconds(20), [&] { return is_slow_begun; });
            stopper_ = std::thread([&] {
                while (!stop_.stop_requested()) std::this_thread::yield();
                changed.notify_all();
            });
        }
    };
    const std::string error = error_of(
        "FROM scratch AS slow\nRUN write slow 1\nRUN write never 2\n"
        "FROM scratch AS bad\nRUN fail 3\n"
        "FROM scratch\nCOPY --from=slow / /a\nCOPY --from=bad / /b\n");
    stopper_.join();
    EXPECT_THAT(error, HasSubstr("fail 3"));
    EXPECT_THAT(commands_->ran(), UnorderedElementsAre("write slow 1", "fail 3"));
}

TEST_F(ExecutorTest, ARecordIsTakenAsLongAsItsTimeToLive) {
    timespec now{1'000'000, 0};
    ExecutorSettings settings;
    settings.clock = [&] { return now; };
    settings.steps.cache_ttl = std::chrono::seconds(60);
    const std::string text = "FROM scratch\nRUN write one 1\n";
    run(text, settings);
    now.tv_sec += 59;
    run(text, settings);
    EXPECT_EQ(commands_->ran().size(), 1U);
    now.tv_sec += 2;
    const auto result = run(text, settings);
    EXPECT_EQ(commands_->ran().size(), 2U);
    EXPECT_EQ(result.target.config.history.back().created, "1970-01-12T13:47:41Z");
}

}  // namespace
}  // namespace builder

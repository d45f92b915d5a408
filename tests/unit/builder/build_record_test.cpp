// Records of builds, and the reasons that come out of them.
#include "builder/engine/record/build_record.hpp"

#include <gmock/gmock.h>

#include "builder/cli/build_trace.hpp"
#include "builder/engine/record/tree_list.hpp"
#include "builder/report/report_data.hpp"
#include "runtime/base/error.hpp"

namespace builder {
namespace {

using testing::HasSubstr;

RecordedStep step_of(std::size_t number, const std::string& outcome) {
    RecordedStep step;
    step.label = {1, "tools", number, 7, "RUN make \xff", 12};
    step.started_us = 10;
    step.took_us = 2500;
    step.outcome = outcome;
    step.reason = {"file a changed", "1", "2"};
    step.key = "sha256:" + std::string(64, 'a');
    step.inputs = {{"file a", "1"}};
    step.use = StepUse{};
    step.use->resources.user_microseconds = 77;
    return step;
}

std::string whole_record() {
    const layers::BuildFile file{"0123456789ab", "subject", 1'700'000'000'000'001, ""};
    const RecordedStep step = step_of(3, "done");
    return record_line_of_build(file, {"Containerfile", "/context", "", "linux/amd64"}, "1.2") +
           record_line_of_start(step) + record_line_of_end(step) + record_line_of_layer(step.label, "sha256:b", 42) +
           record_line_of_outcome({"sha256:c", {"it"}, ""}, 9000);
}

std::string error_of(const std::string& events) {
    try {
        parse_record(events, false);
    } catch (const runtime::Error& error) {
        return error.full_message();
    }
    return "nothing was thrown";
}

TEST(BuildRecord, WhatIsWrittenIsRead) {
    const BuildRecord record = parse_record(whole_record(), false);
    EXPECT_EQ(record.id, "0123456789ab");
    EXPECT_EQ(record.state, BuildRecord::State::done);
    EXPECT_EQ(record.started_us, 1'700'000'000'000'001);
    EXPECT_EQ(record.subject.context, "/context");
    EXPECT_EQ(record.image, "sha256:c");
    ASSERT_EQ(record.steps.size(), 1U);
    const RecordedStep& step = record.steps[0];
    EXPECT_EQ(step.label.number, 3U);
    EXPECT_EQ(step.label.line, 12U);
    EXPECT_EQ(step.outcome, "done");
    EXPECT_EQ(step.reason.before, "1");
    EXPECT_EQ(step.inputs.front().name, "file a");
    EXPECT_EQ(step.use->resources.user_microseconds, 77);
    EXPECT_EQ(step.use->resources.peak_memory_bytes, 0) << "null: nobody measured it";
    EXPECT_EQ(step.layer_bytes, 42);
}

TEST(BuildRecord, EveryBeginningOfARecordIsARecordOrAnError) {
    const std::string whole = whole_record();
    const std::size_t first_line = whole.find('\n') + 1;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::string cut = whole.substr(0, size);
        if (size < first_line)
            EXPECT_THAT(error_of(cut), HasSubstr("it has no beginning"));
        else
            EXPECT_EQ(parse_record(cut, false).state, BuildRecord::State::interrupted);
    }
    EXPECT_EQ(parse_record(whole.substr(0, first_line), true).state, BuildRecord::State::running);
}

TEST(BuildRecord, DamageIsAnErrorThatNamesTheLine) {
    const std::string whole = whole_record();
    EXPECT_THAT(error_of("garbage\n"), HasSubstr("line 1 is damaged"));
    EXPECT_THAT(error_of(whole + "[1]\n"), HasSubstr("line 6 is damaged"));
    EXPECT_THAT(error_of(whole + "{\"event\":\"step_ended\",\"stage\":9,\"step\":9}\n"), HasSubstr("before it begins"));
    // An event that a later version may have is passed over.
    EXPECT_EQ(parse_record(whole + "{\"event\":\"new\"}\n", false).state, BuildRecord::State::done);
    std::string other = whole;
    other.replace(other.find("\"format\":1"), 10, "\"format\":2");
    EXPECT_THAT(error_of(other), HasSubstr("format 2"));
}

TEST(BuildTrace, IsJsonWhateverTheStepsAreCalled) {
    const BuildRecord record = parse_record(whole_record(), false);
    EXPECT_THAT(trace_of(record, TraceFormat::chrome), HasSubstr("\"dur\":2500"));
    EXPECT_THAT(trace_of(record, TraceFormat::otlp), HasSubstr("\"startTimeUnixNano\":\"1700000000000011000\""));
    EXPECT_THROW(parse_trace_format("zipkin"), runtime::Error);
}

SourceNode file_of(const std::string& name, const std::string& content, mode_t mode = 0100644, uid_t uid = 0) {
    SourceNode node;
    node.name = name;
    node.mode = mode;
    node.uid = uid;
    node.content = content;
    return node;
}

std::string difference(const std::vector<SourceNode>& before, const std::vector<SourceNode>& now, bool owners = true) {
    const auto list = [&](const std::vector<SourceNode>& files) {
        SourceNode top;
        top.mode = 040755;
        top.children = files;
        return list_of({"file src", "src", &top, owners});
    };
    const auto reason = first_difference(list(before), list(now));
    if (!reason) return "none";
    return reason->now.empty() ? reason->text : fmt::format("{} ({} {})", reason->text, reason->before, reason->now);
}

TEST(Report, LeavesOutWhatArgAndEnvSet) {
    EXPECT_EQ(without_values("ENV A=1 B=\"x y\" C='p q' D=a\\ b"), "ENV A=… B=… C=… D=…");
    EXPECT_EQ(without_values("env A=1 \\\n    B=2"), "env A=… B=…");
    EXPECT_EQ(without_values("ENV NAME all of the rest=1"), "ENV NAME …");
    EXPECT_EQ(without_values("ARG A B=1"), "ARG A B=…");
    EXPECT_EQ(without_values("|2 A=1 B=2 /bin/sh -c make"), "RUN make");
    EXPECT_EQ(without_values("RUN A=1 make"), "RUN A=1 make");
    EXPECT_EQ(without_values("ARG"), "ARG");
    EXPECT_EQ(without_values(""), "");
}

TEST(TreeList, NamesTheFirstFileThatDiffers) {
    const SourceNode a = file_of("a", "\x01\x02\x03\x04\x05\x06\x07"), b = file_of("b", "bbbbbbb");
    EXPECT_EQ(difference({a, b}, {a, b}), "none");
    EXPECT_EQ(difference({a, b}, {file_of("a", "\x01\x02\x03\x04\x05\x07\x07"), b}),
              "file src/a changed (010203040506 010203040507)");
    EXPECT_EQ(difference({a}, {a, b}), "file src/b is new");
    EXPECT_EQ(difference({a, b}, {b}), "file src/a is gone");
    EXPECT_EQ(difference({a}, {file_of("a", a.content, 0100755)}), "the mode of file src/a changed (0644 0755)");
    EXPECT_EQ(difference({a}, {file_of("a", a.content, 0100644, 7)}), "the owner of file src/a changed (0:0 7:0)");
    EXPECT_EQ(difference({a}, {file_of("a", a.content, 0100644, 7)}, false), "none");
    EXPECT_EQ(difference({a}, {file_of("a", "x", 0120777)}), "link src/a was a file");
    EXPECT_EQ(difference({file_of("x y\n", "1")}, {file_of("x y\n", "2")}), "file src/x y\n changed (31 32)");
}

TEST(TreeList, ADamagedListSaysNothing) {
    const SourceNode a = file_of("a", "1");
    const std::string list = list_of({"", "", &a, true});
    for (std::size_t size = 0; size < list.size(); ++size)
        EXPECT_FALSE(first_difference(list.substr(0, size), list)) << size;
    EXPECT_FALSE(first_difference("no entry at all", list));
}

}  // namespace
}  // namespace builder

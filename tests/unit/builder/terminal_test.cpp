// What a terminal shows of steps: the last lines of their output, bars, and a region that is drawn again.
#include <gmock/gmock.h>

#include "builder/cli/columns.hpp"
#include "builder/cli/live_region.hpp"
#include "builder/cli/recent_lines.hpp"
#include "builder/cli/transfer_bars.hpp"

namespace builder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

std::vector<std::string> last(std::string_view output, std::size_t count = 3, bool keeps_styles = true) {
    RecentLines lines(keeps_styles);
    lines.add(output);
    return lines.last(count);
}

TEST(RecentLines, AreTheLastThatHoldSomething) {
    EXPECT_THAT(last("a\nb\nc\nd\n"), ElementsAre("b", "c", "d"));
    EXPECT_THAT(last("a\n\n  \nno end"), ElementsAre("a", "no end"));
    EXPECT_THAT(last(""), IsEmpty());
    EXPECT_THAT(last("a\nb", 0), IsEmpty());
    EXPECT_THAT(last("a\nb\n", 1), ElementsAre("b"));
}

TEST(RecentLines, ACarriageReturnBeginsTheLineAnew) {
    EXPECT_THAT(last("10%\r20%\r30%"), ElementsAre("30%"));
    EXPECT_THAT(last("windows\r\nends\r\n"), ElementsAre("windows", "ends"));
    EXPECT_THAT(last("a spinner |\b/\b-"), ElementsAre("a spinner -"));
    EXPECT_THAT(last("\xc3\xa4\b\xc3\xb6"), ElementsAre("\xc3\xb6"));
}

TEST(RecentLines, CutsBetweenPiecesMakeNoDifference) {
    const std::string output = "one\x1b[31mred\x1b[0m\rtwo \x1b]0;title\x07\xe6\xbc\xa2\nthree\x1b[2J";
    RecentLines lines(true);
    for (const char byte : output) lines.add({&byte, 1});
    EXPECT_EQ(lines.last(5), last(output, 5));
}

TEST(RecentLines, OnlyColoursAreLeftOfWhatSteersATerminal) {
    EXPECT_THAT(last("\x1b[31mred\x1b[0m and plain"), ElementsAre("\x1b[31mred\x1b[0m and plain\x1b[0m"));
    EXPECT_THAT(last("\x1b[31mred\x1b[0m", 3, false), ElementsAre("red"));
    EXPECT_THAT(last("a\x1b[2J\x1b[10;10Hb\x1b[K\x07"), ElementsAre("ab"));
    EXPECT_THAT(last("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), ElementsAre("link"));
    EXPECT_THAT(last("\x1b]52;c;c2VjcmV0\x07shown"), ElementsAre("shown"));
    // A colour goes on in the next line.
    EXPECT_THAT(last("\x1b[32mgreen\nstill\n"), ElementsAre("\x1b[32mgreen\x1b[0m", "\x1b[32mstill\x1b[0m"));
    // What is not UTF-8, and C1 controls in UTF-8, are shown as escapes.
    EXPECT_THAT(last("\xff"), ElementsAre("\\xff"));
    EXPECT_THAT(last("\xc2\x9b"), ElementsAre(testing::Not(HasSubstr("\xc2\x9b"))));
}

TEST(RecentLines, HoldLittleWhateverComes) {
    RecentLines lines(true);
    const std::string much(1 << 16, 'x');
    for (int i = 0; i < 64; ++i) lines.add(much);
    ASSERT_THAT(lines.last(9), testing::SizeIs(1));
    EXPECT_LE(lines.last(1).front().size(), 4096U);
    for (int i = 0; i < 4096; ++i) lines.add("\x1b[31m\x1b[");
    EXPECT_LE(lines.last(1).front().size(), 4096U);
}

TEST(Columns, StylesTakeNoneAndAllOfThemStay) {
    EXPECT_EQ(fitted_styled("\x1b[31mabc\x1b[0m", 3), "\x1b[31mabc\x1b[0m");
    EXPECT_EQ(fitted_styled("\x1b[31mabcd\x1b[0m", 3), "\x1b[31mab…\x1b[0m");
    EXPECT_EQ(fitted_styled("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 4), "\xe6\xbc\xa2…");
    EXPECT_EQ(fitted_styled("abc", 0), "");
}

/// What a terminal of that width shows of the texts, line by line, without knowing of wrapped lines.
class Screen {
public:
    void write(const std::string& text) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\r') {
                column_ = 0;
            } else if (text[i] == '\n') {
                ++row_;
            } else if (text.compare(i, 2, "\x1b[") == 0) {
                const std::size_t end = text.find_first_of("ABCDHJKhlm", i);
                const int count = std::max(1, std::atoi(text.c_str() + i + 2));
                if (text[end] == 'A') row_ -= static_cast<std::size_t>(count);
                if (text[end] == 'K') line().resize(column_);
                if (text[end] == 'J') {
                    line().resize(column_);
                    lines_.resize(row_ + 1);
                }
                i = end;
            } else {
                line().resize(std::max(line().size(), column_ + 1), ' ');
                line()[column_++] = text[i];
            }
        }
    }
    std::vector<std::string> shown() {
        std::vector<std::string> lines = lines_;
        while (!lines.empty() && lines.back().empty()) lines.pop_back();
        return lines;
    }

private:
    std::string& line() {
        if (lines_.size() <= row_) lines_.resize(row_ + 1);
        return lines_[row_];
    }
    std::vector<std::string> lines_;
    std::size_t row_ = 0, column_ = 0;
};

TEST(LiveRegion, IsDrawnOverItselfWithLastingLinesAboveIt) {
    const TerminalSize size{80, 24};
    LiveRegion region;
    Screen screen;
    screen.write(region.draw("", {"head", "one", "two"}, size));
    EXPECT_THAT(screen.shown(), ElementsAre("head", "one", "two"));
    screen.write(region.draw("", {"head 2", "o"}, size));
    EXPECT_THAT(screen.shown(), ElementsAre("head 2", "o"));
    screen.write(region.draw("lasting\nsecond\n", {"head 3"}, size));
    EXPECT_THAT(screen.shown(), ElementsAre("lasting", "second", "head 3"));
    screen.write(region.clear("the end\n", size));
    EXPECT_THAT(screen.shown(), ElementsAre("lasting", "second", "the end"));
    screen.write(region.clear("more\n", size));
    EXPECT_THAT(screen.shown(), ElementsAre("lasting", "second", "the end", "more"));
}

TEST(LiveRegion, ANarrowerTerminalHasBrokenItsLines) {
    LiveRegion region;
    region.draw("", {std::string(70, 'x'), "y"}, {80, 24});
    // 70 columns are three rows of 30; with the second line they are four, so that the first is three up.
    EXPECT_THAT(region.draw("", {"z"}, {30, 24}), HasSubstr("\x1b[3A"));
}

TEST(TransferBars, TellRateAndTimeLeft) {
    TransferBars bars;
    const auto begin = TransferBars::Clock::now();
    EXPECT_THAT(bars.lines(100, 5, begin), IsEmpty());
    bars.image_asked("registry.example/it:latest");
    EXPECT_THAT(bars.lines(100, 5, begin), ElementsAre("asking for registry.example/it:latest"));
    const std::string digest = "sha256:0123456789abcdef0123456789abcdef";
    bars.blob_begins(digest, 30'000'000);
    bars.blob_advances(digest, 15'000'000);
    const auto lines = bars.lines(100, 5, begin + std::chrono::seconds(3));
    ASSERT_THAT(lines, testing::SizeIs(1));
    EXPECT_THAT(lines[0], StartsWith("sha256:0123456789ab [==========>         ] 15 MB of 30 MB, "));
    EXPECT_THAT(lines[0], HasSubstr(" s left"));
    EXPECT_LE(columns_of(bars.lines(30, 5, begin).front()), 30U);
    bars.blob_ends(digest, 30'000'000);
    EXPECT_THAT(bars.lines(100, 5, begin), IsEmpty());
}

TEST(TransferBars, ManyBlobsShareTheLastLine) {
    TransferBars bars;
    for (int i = 0; i < 9; ++i) bars.blob_begins(fmt::format("blob {}", i), 1000);
    const auto lines = bars.lines(100, 3, TransferBars::Clock::now());
    ASSERT_THAT(lines, testing::SizeIs(3));
    EXPECT_THAT(lines[2], StartsWith("7 more blobs"));
}

}  // namespace
}  // namespace builder

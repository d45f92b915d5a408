// Test cases that lie beside the project: tables of input and expected output. Tests that use them skip when they are
// not there.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

/// The folder of the cases: $BUILDER_CASES, else ../shared/cases beside the source folder.
inline std::filesystem::path cases_folder() {
    if (const char* folder = std::getenv("BUILDER_CASES")) return folder;
    return std::filesystem::path(SOURCE_FOLDER) / ".." / "shared" / "cases";
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Skips every test of the fixture when the cases are not there.
class ProvidedCases : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(folder()))
            GTEST_SKIP() << "skipped: no test cases in " << folder() << " (set BUILDER_CASES to where they are)";
    }

    static std::filesystem::path folder() { return cases_folder() / "parser-buildkit"; }

    /// A table of data/, with at least one case, and exactly as many as it says.
    static nlohmann::json table(const std::string& name, std::size_t count) {
        nlohmann::json document = nlohmann::json::parse(read_text(folder() / "data" / (name + ".json")));
        EXPECT_EQ(document.at("cases").size(), count) << name;
        return document;
    }

    /// The lines of a file in generated/.
    static std::vector<nlohmann::json> generated(const std::string& name, std::size_t count) {
        std::ifstream file(folder() / "generated" / (name + ".jsonl"));
        std::vector<nlohmann::json> lines;
        for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
        EXPECT_EQ(lines.size(), count) << name;
        return lines;
    }
};

}  // namespace tests

// Expectations that lie in files below testdata/. With BUILDER_ACCEPT=1 in the environment they are written anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Compares a text with the file testdata/<name>.
inline void expect_golden(const std::filesystem::path& name, const std::string& actual) {
    const std::filesystem::path path = std::filesystem::path(TESTDATA) / name;
    if (const char* accept = std::getenv("BUILDER_ACCEPT"); accept != nullptr && std::string(accept) == "1") {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << actual;
        return;
    }
    EXPECT_TRUE(std::filesystem::exists(path)) << path << " is missing; BUILDER_ACCEPT=1 writes it";
    EXPECT_EQ(actual, read_file(path)) << path << " differs; BUILDER_ACCEPT=1 accepts what is";
}

/// The folders below testdata/<folder>, in order of their names; never none.
inline std::vector<std::string> golden_cases(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TESTDATA) / folder))
        if (entry.is_directory()) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    EXPECT_FALSE(names.empty()) << folder;
    return names;
}

}  // namespace tests

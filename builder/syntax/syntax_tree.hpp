// The syntax tree of a Containerfile: one struct an instruction, as data, with its place in the text.
// Texts are as written: quotes, escapes and variables are still in them; builder/plan expands them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace builder {

/// Where a node stands in its source text. Lines and columns count from 1; column 0 means the whole line.
/// SourceText::place makes a runtime::Place of it, with the excerpt.
struct Location {
    unsigned line = 0;
    unsigned last_line = 0;
    unsigned column = 0;
    unsigned length = 0;
};

/// A `# name=value` line at the very top of the file: syntax, escape or check.
struct Directive {
    std::string name;  ///< lower case
    std::string value;
    Location location;
};

/// A here-document: `<<EOF … EOF`.
struct Heredoc {
    std::string name;
    std::string content;      ///< the body; with `chomp` the leading tabs are gone
    bool expand = true;       ///< false where the name was quoted
    bool chomp = false;       ///< written as <<-
    unsigned descriptor = 0;  ///< the number in front of <<
    Location location;        ///< of the body
};

/// What RUN, CMD, ENTRYPOINT and the HEALTHCHECK CMD take: a shell line, or the words of the exec form.
struct CommandLine {
    bool is_shell = true;            ///< false: the JSON form
    std::vector<std::string> words;  ///< the shell form has exactly one, or none
    std::vector<Heredoc> heredocs;   ///< RUN in shell form only
};

struct KeyValue {
    std::string key;
    std::string value;
    bool legacy_form = false;  ///< `ENV key value with spaces`
    Location location;
};

struct FromInstruction {
    std::string image;
    std::string stage_name;  ///< lower case; empty without AS
    std::string platform;
    std::vector<std::string> after;  ///< Buildah's FROM --after=STAGE
    std::string written_stage_name;  ///< the case of the letters as written
    std::string as_keyword;          ///< AS, as or As; empty without
    Location image_location;
    Location platform_location;  ///< of the whole flag; line 0 without
};

struct RunInstruction {
    CommandLine command;
    std::vector<std::string> mounts;        ///< the values of --mount, unexpanded; mount_options.hpp parses them
    std::vector<Location> mount_locations;  ///< of each --mount, in the same order
    std::string network;                    ///< "", default, none, host
    std::string security;                   ///< "", sandbox, insecure
    std::vector<std::string> devices;
};

/// COPY and ADD.
struct CopyInstruction {
    bool is_add = false;
    std::vector<std::string> sources;
    std::vector<Heredoc> inline_files;  ///< sources given as here-documents
    std::string destination;
    std::string from;
    std::string chown;
    std::string chmod;
    bool link = false;
    bool parents = false;
    std::vector<std::string> excludes;
    std::string checksum;
    std::optional<bool> keep_git_dir;
    std::optional<bool> unpack;
    std::vector<Location> source_locations;  ///< of each of `sources`
    Location destination_location;
    Location from_location;  ///< of the whole --from; line 0 without
};

struct EnvInstruction {
    std::vector<KeyValue> values;
};

struct LabelInstruction {
    std::vector<KeyValue> values;
};

struct ArgDeclaration {
    std::string name;
    std::optional<std::string> default_value;
    Location location;
};

struct ArgInstruction {
    std::vector<ArgDeclaration> declarations;
};

struct WorkdirInstruction {
    std::string path;
};

struct UserInstruction {
    std::string user;
};

struct StopSignalInstruction {
    std::string signal;
};

struct MaintainerInstruction {
    std::string name;
};

struct CmdInstruction {
    CommandLine command;
};

struct EntrypointInstruction {
    CommandLine command;
};

struct ShellInstruction {
    std::vector<std::string> words;
};

struct ExposeInstruction {
    std::vector<std::string> ports;
    std::vector<Location> port_locations;
};

struct VolumeInstruction {
    std::vector<std::string> paths;
};

struct HealthcheckInstruction {
    bool is_none = false;
    CommandLine test;
    std::chrono::nanoseconds interval{0};  ///< 0: not given, as for the others
    std::chrono::nanoseconds timeout{0};
    std::chrono::nanoseconds start_period{0};
    std::chrono::nanoseconds start_interval{0};
    int retries = 0;
};

struct OnbuildInstruction {
    std::string trigger;  ///< the instruction as it goes into the image's configuration
};

using InstructionBody = std::variant<FromInstruction, RunInstruction, CopyInstruction, EnvInstruction, LabelInstruction,
                                     ArgInstruction, WorkdirInstruction, UserInstruction, StopSignalInstruction,
                                     MaintainerInstruction, CmdInstruction, EntrypointInstruction, ShellInstruction,
                                     ExposeInstruction, VolumeInstruction, HealthcheckInstruction, OnbuildInstruction>;

struct Instruction {
    std::string keyword;   ///< upper case: RUN
    std::string original;  ///< the whole logical line as joined, for history, messages and progress
    Location location;
    InstructionBody body;
    std::string written_keyword;        ///< the keyword with its letters' case as written
    std::vector<std::string> comments;  ///< the comment lines in front of it, without `#`
    Location arguments_location;        ///< from the first argument on, on its line; the keyword's where there is none
};

class SourceText;

/// A whole Containerfile. Instructions before the first FROM are ARGs only; the parser has seen to that.
struct SyntaxTree {
    std::shared_ptr<const SourceText> source;
    char escape = '\\';
    std::vector<Directive> directives;
    std::vector<Instruction> instructions;
};

}  // namespace builder

#include "builder/commands/command_table.hpp"
namespace builder {
Command tag_command() { return {}; }
}

#include "builder/commands/command_table.hpp"
namespace builder {
Command inspect_command() { return {}; }
}

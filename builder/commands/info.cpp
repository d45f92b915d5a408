#include "builder/commands/command_table.hpp"
namespace builder {
Command info_command() { return {}; }
}

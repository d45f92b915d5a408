#include "builder/commands/command_table.hpp"
namespace builder {
Command push_command() { return {}; }
}

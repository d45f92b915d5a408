// Waits for whoever is at the other end of a FIFO that the user named: the one stop of the program ends them all.
#pragma once

#include <memory>
#include <string>

#include "runtime/base/stream.hpp"
#include "runtime/sys/fd.hpp"
#include "runtime/sys/stop.hpp"

namespace runtime {

/// From now on this stop ends the waits below with its Error; none: nothing does. To be called before there are other
/// threads, or when they have ended.
void end_waits_by(const StopSource* stop);

/// Opens for reading; nobody need have opened a FIFO for writing yet. To be read by source_of().
Fd open_to_read(const std::string& path);

/// Reads a file from where it stands. Where it is no regular one, reading waits for what others write there. Another
/// stop than the program's may end that.
std::unique_ptr<Source> source_of(Fd file, std::string name_for_messages, const StopSource* stop = nullptr);

/// Opens for writing what is there; a FIFO once somebody reads from it. No descriptor where it cannot be opened, as
/// errno says.
Fd open_to_write(const std::string& path);

}  // namespace runtime

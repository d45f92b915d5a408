// What a test and the shim share: one file that every process of the command under test maps. shim.py has the same
// layout.
#pragma once

#include <stdatomic.h>
#include <stdint.h>

enum { site_frames = 24, plan_sites = 8192, call_length = 24, what_length = 128 };

/// What a call does to the file system, or to other processes.
enum fault_kind {
    kind_open,  ///< opens a file to write to it
    kind_make,  ///< a folder, a link, a special file
    kind_rename,
    kind_remove,
    kind_write,  ///< content, or the size of a file
    kind_sync,
    kind_attribute,  ///< owner, mode, times, extended attributes
    kind_mount,
    kind_message,  ///< to and from the runner
    kind_process,
};

enum fault_action {
    action_none,  ///< sites are only counted
    action_kill,  ///< after the call; a write gets half-way
    action_fail,  ///< the call alone
    action_fill,  ///< from the call on, whatever takes room fails: a disk that is full
};

/// A place in the program that makes a call: the call and the stack below it.
struct fault_site {
    _Atomic uint64_t hash;   ///< 0: free
    _Atomic uint64_t count;  ///< calls from here
    uint64_t order;          ///< the number of the first call from here, of all calls
    uint32_t kind;
    uint32_t depth;
    uint64_t frames[site_frames];  ///< return addresses in the program, from its beginning; innermost first
    char call[call_length];
    char what[what_length];  ///< what the first call from here was about
};

struct fault_plan {
    uint64_t action;
    uint64_t error;       ///< errno of action_fail and action_fill
    uint64_t hash;        ///< the site
    uint64_t occurrence;  ///< the call from there, counted from 1
    _Atomic uint64_t hits;
    _Atomic uint64_t is_full;
    _Atomic uint64_t calls;
    _Atomic uint64_t lost;  ///< calls from sites that had no room in the table
    struct fault_site sites[plan_sites];
};

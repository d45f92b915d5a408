#include "tests/faults/shim/fault_points.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct fault_plan* plan;
static uintptr_t program_begin;
static uintptr_t program_end;
/// backtrace() opens files itself the first time.
static _Thread_local bool is_busy;

/// The first object is the program.
static int find_program(struct dl_phdr_info* object, size_t size, void* data) {
    (void)size;
    (void)data;
    program_begin = object->dlpi_addr;
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)* const part = &object->dlpi_phdr[i];
        const uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;
        if (part->p_type == PT_LOAD && end > program_end) program_end = end;
    }
    return 1;
}

/// Programs that the command starts inherit the environment; they are not what is tested.
static bool is_program_under_test(void) {
    char path[4096];
    const char* const wanted = getenv("FAULT_PROGRAM");
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (!wanted || length < 0) return false;
    path[length] = 0;
    return strcmp(path, wanted) == 0;
}

__attribute__((constructor)) static void map_plan(void) {
    const char* const path = getenv("FAULT_PLAN");
    if (!path || !is_program_under_test()) return;
    dl_iterate_phdr(find_program, NULL);
    void* first[4];
    backtrace(first, 4);
    is_busy = true;
    const int file = open(path, O_RDWR | O_CLOEXEC);
    void* const mapped = file < 0 ? MAP_FAILED : mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped == MAP_FAILED) {
        perror(path);
        _exit(99);
    }
    close(file);
    plan = mapped;
    is_busy = false;
}

static uint32_t frames_of_program(uint64_t* frames) {
    void* all[64];
    const int count = backtrace(all, 64);
    uint32_t depth = 0;
    for (int i = 0; i < count && depth < site_frames; ++i) {
        const uintptr_t address = (uintptr_t)all[i];
        if (address >= program_begin && address < program_end) frames[depth++] = address - program_begin;
    }
    return depth;
}

/// FNV-1a.
static uint64_t mix(uint64_t hash, const void* bytes, size_t size) {
    for (size_t i = 0; i < size; ++i) hash = (hash ^ ((const unsigned char*)bytes)[i]) * 0x100000001b3U;
    return hash;
}

static uint64_t hash_of(const char* call, const uint64_t* frames, uint32_t depth) {
    const uint64_t hash = mix(mix(0xcbf29ce484222325U, call, strlen(call)), frames, depth * sizeof *frames);
    return hash ? hash : 1;
}

/// The entry of a site, made where it is new; null where the table is full.
static struct fault_site* site_of(uint64_t hash, bool* is_new) {
    for (size_t i = 0; i < plan_sites; ++i) {
        struct fault_site* const site = &plan->sites[(hash + i) % plan_sites];
        uint64_t there = 0;
        *is_new = atomic_compare_exchange_strong(&site->hash, &there, hash);
        if (*is_new || there == hash) return site;
    }
    return NULL;
}

static void path_of(int descriptor, char* text, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, text, size - 1);
    text[length < 0 ? 0 : length] = 0;
}

static void describe(struct fault_site* site, enum fault_kind kind, const char* call, const char* what,
                     int descriptor) {
    site->kind = kind;
    strncpy(site->call, call, call_length - 1);
    if (what)
        strncpy(site->what, what, what_length - 1);
    else
        path_of(descriptor, site->what, what_length);
}

static bool takes_room(enum fault_kind kind) {
    return kind == kind_open || kind == kind_make || kind == kind_rename || kind == kind_write || kind == kind_sync;
}

static enum fault_verdict fail(void) {
    errno = (int)plan->error;
    return verdict_fail;
}

/// Files of the kernel lie on no disk.
static bool is_on_disk(const char* what, int descriptor) {
    char path[what_length];
    if (!what) path_of(descriptor, path, sizeof path);
    const char* const name = what ? what : path;
    return strncmp(name, "/proc/", 6) != 0 && strncmp(name, "/sys/", 5) != 0;
}

static enum fault_verdict judge(const struct fault_site* site, uint64_t number) {
    if (plan->action == action_none || site->hash != plan->hash || number != plan->occurrence) return verdict_pass;
    atomic_fetch_add(&plan->hits, 1);
    if (plan->action == action_kill) return verdict_kill;
    if (plan->action == action_fill) plan->is_full = 1;
    return fail();
}

static enum fault_verdict passes(enum fault_kind kind, const char* call, const char* what, int descriptor) {
    if (!plan || is_busy) return verdict_pass;
    const int error = errno;
    is_busy = true;
    uint64_t frames[site_frames];
    const uint32_t depth = frames_of_program(frames);
    const uint64_t order = atomic_fetch_add(&plan->calls, 1) + 1;
    bool is_new = false;
    struct fault_site* const site = site_of(hash_of(call, frames, depth), &is_new);
    if (is_new) {
        site->order = order;
        site->depth = depth;
        memcpy(site->frames, frames, depth * sizeof *frames);
        describe(site, kind, call, what, descriptor);
    }
    errno = error;
    enum fault_verdict verdict = verdict_pass;
    if (plan->is_full && takes_room(kind) && is_on_disk(what, descriptor))
        verdict = fail();
    else if (site)
        verdict = judge(site, atomic_fetch_add(&site->count, 1) + 1);
    else
        atomic_fetch_add(&plan->lost, 1);
    is_busy = false;
    return verdict;
}

enum fault_verdict fault_point(enum fault_kind kind, const char* call, const char* what) {
    return passes(kind, call, what ? what : "", -1);
}

enum fault_verdict fault_point_of(enum fault_kind kind, const char* call, int descriptor) {
    return passes(kind, call, NULL, descriptor);
}

void fault_after(enum fault_verdict verdict) {
    if (verdict != verdict_kill) return;
    // The first process of a PID namespace cannot be killed by itself.
    if (getpid() == 1) _exit(137);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

size_t fault_share(enum fault_verdict verdict, size_t bytes) {
    return verdict == verdict_kill && bytes > 1 ? bytes / 2 : bytes;
}

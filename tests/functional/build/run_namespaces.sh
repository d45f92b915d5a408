# A step is process 1 of its own namespaces, in a session of its own, with nothing else running.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN echo $$ >/tmp/pid; ls /proc | grep -c '^[0-9]*$' >/tmp/count
RUN for n in mnt pid ipc uts cgroup; do readlink /proc/self/ns/$n; done >/tmp/spaces
X
assert_equal "$(file it /tmp/pid)" 1
for space in mnt pid ipc uts cgroup; do
    assert_lacks "$(file it /tmp/spaces)" "$(readlink /proc/self/ns/$space)"
done
# What a step leaves running ends with it.
build_empty <<<$'FROM base\nRUN sleep 8'"$$"' & true'
! is_running sleep "8$$" || fail "a process of the step outlived it"

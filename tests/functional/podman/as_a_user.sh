# An ordinary user with ranges of IDs: the Podman of that user sees that user's images, with their owners.
source "$(dirname "$0")/../library.sh"
source "$tests/podman/engine.sh"
an_ordinary_user with_ranges
needs runc
mkdir -m 700 home/run-of-user && mkdir home/context && cp /bin/busybox home/context/ && chown -R 4711:4711 home/run-of-user home/context
cat >home/containers.conf <<'END'
[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
END
[[ -z ${PODMAN_CONF:-} ]] || cp "$PODMAN_CONF" home/containers.conf
as_user() { in_users_place env XDG_RUNTIME_DIR="$place/home/run-of-user" CONTAINERS_CONF="$place/home/containers.conf" "$@"; }
# It holds the user namespace of that user.
before_exit() {
    local pause=$place/home/run-of-user/libpod/tmp/pause.pid
    [[ ! -s $pause ]] || kill "$(cat "$pause")"
}
unset CONTAINERS_STORAGE_CONF
user_builder build -q -t base -f - home/context >/dev/null <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
RUN mkdir -p /etc /gone/in && echo 'root:x:0:0::/:/bin/sh' >/etc/passwd && echo 1 >/of-34 && chown 34:56 /of-34
RUN rm -r /gone && mkdir /gone && touch /gone/new
END
# A Podman that has begun with copies (vfs) goes on with them, whatever storage.conf says: Debian 12's does so by itself.
mkdir -p home/.local/share/containers/storage/vfs-images && chown -R 4711:4711 home/.local
assert_fails_with 125 as_user "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" setup podman --yes
assert_contains "$output" "has the driver vfs"
rmdir home/.local/share/containers/storage/vfs-images
as_user "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" setup podman --yes >setup.log 2>&1 ||
    fail "$(cat setup.log)"
# There was no file: the one that setup has written says what held.
as_user "${PODMAN:-podman}" info >podman.log 2>&1 || skip "podman does not work here for an ordinary user: $(tail -1 podman.log)"
grep -q "$place/home/store/podman" home/.config/containers/storage.conf || fail "the user's storage.conf does not name the store"
assert_equal "$(stat -c %u home/.config/containers/storage.conf)" 4711
assert_equal "$(as_user "${PODMAN:-podman}" info --format '{{.Store.GraphRoot}}')" "$place/home/.local/share/containers/storage"
assert_equal "$(as_user "${PODMAN:-podman}" images --noheading --format '{{.Repository}}')" localhost/base
as_user "${PODMAN:-podman}" save -q --format oci-archive -o "$place/home/saved.tar" base
# In one go: a run of an ordinary user takes 20 s where there is no systemd.
assert_equal "$(as_user "${PODMAN:-podman}" run --rm base sh -c 'stat -c %u:%g /of-34; ls /gone' 2>errors | tr '\n' ' ')" "34:56 new " "$(cat errors)"
as_user "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" setup podman --release --yes >/dev/null
[[ ! -e home/.config/containers/storage.conf ]] || fail "the file of setup stays"
[[ ! -e home/store/podman ]] || fail "the published store stays"

# What notes owners for a user with a single ID answers as the kernel would, finds the step's own descriptors behind links,
# and follows no way out of the container that the step could not go itself. It does so with every isolation.
source "$(dirname "$0")/../library.sh"
make_base
an_ordinary_user with_one_id
builder push -q base oci-archive:"$place/base.tar:base" && chmod 644 base.tar
mkdir -p home/outside && chown 4711:4711 home/outside
run_step() { # FLAGS… <COMMANDS
    printf 'FROM oci-archive:%s/base.tar\nRUN <<END\nset -e\n%s\nEND\n' "$place" "$(cat)" >Containerfile
    user_builder build --no-cache -t it "$@" -f - "$place/home/outside" <Containerfile >log 2>&1 || fail "$* $(cat log)"
}
for isolation in oci chroot; do
    run_step --isolation "$isolation" <<'END'
mkdir /data && chown 5:6 /data && cd /data
test "$(stat -c %u:%g /data)" = 5:6
if chown 7:7 "" 2>/dev/null; then exit 21; fi
test "$(stat -c %u:%g /data)" = 5:6
ln -s /dev/stdout log && chown 7:8 log && test "$(stat -c %u:%g log)" = 0:0
touch file && ln -s /data/file link && ln -s link second && chown 9:10 second
test "$(stat -c %u:%g file)" = 9:10
mkfifo pipe && chown 11:12 pipe && test "$(stat -c %u:%g pipe)" = 11:12
exec 4>opened && chown 13 /proc/self/fd/4 && test "$(stat -c %u /data/opened)" = 13
chown 14 /proc/self/cwd/file && test "$(stat -c %u file)" = 14
END
done
# Who has one ID has no groups to give up: with them a folder that shuts a group out would open (CVE-2014-8989).
run_step --isolation oci <<'END'
test "$(cat /proc/self/setgroups)" = deny
awk '{ if ($3 != 1) exit 1 }' /proc/self/uid_map
END
# The process that notes and its parent can be seen there, and their roots and folders lead out of the container.
run_step --isolation chroot <<END
for process in /proc/[0-9]*; do
    chown 66:66 \$process/root$place/home/outside 2>/dev/null || true
    for file in \$process/fd/*; do chown 67:67 \$file$place/home/outside \$file/home/outside 2>/dev/null || true; done
done
END
assert_equal "$("$python" -c 'import os; print(os.listxattr("home/outside"))')" "[]" "the notes at a folder of the host"
# Mounts for another user are made, too.
printf secret >home/outside/secret
cat >Containerfile <<END
FROM oci-archive:$place/base.tar
USER alice
RUN --mount=type=secret,id=it,uid=1234 --mount=type=cache,target=/cache,uid=1234,mode=0700 cat /run/secrets/it >/cache/x
RUN --mount=type=tmpfs,target=/memory --mount=type=secret,id=it,uid=7,gid=8,mode=0400,target=/its touch /memory/x
END
user_builder build --no-cache --secret "id=it,src=$place/home/outside/secret" -f - home/outside <Containerfile >log 2>&1 || fail "$(cat log)"
# What another user than root makes in a container is that user's, what was there before is not.
container=$(user_builder from it)
user_builder run "$container" -- sh -c 'mkdir -m 777 /all && touch /all/before'
user_builder run --user alice "$container" -- sh -c 'touch /all/after && echo more >>/all/before'
assert_equal "$(user_builder run "$container" -- stat -c %u:%g /all/before /all/after | tr '\n' ' ')" "0:0 1234:1235 "
user_builder commit -q --rm "$container" result >/dev/null
user_builder push -q --disable-compression result "oci:$place/home/out:x"
assert_line "$("$python" "$tests/image_facts.py" home/out layer -1)" "all/after file 0644 1234:1235 0"
assert_line "$("$python" "$tests/image_facts.py" home/out layer -1)" "all/before file 0644 0:0 5"
# Programs of 32 bits run, and a timer does not make looking at files fail.
command -v cc >/dev/null || { echo "not tested: system calls of 32 bits, because there is no C compiler" && exit 0; }
[[ $(uname -m) == x86_64 ]] || { echo "not tested: system calls of 32 bits, which this machine has not" && exit 0; }
cat >calls.c <<'END'
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
static void ignore(int number) { (void)number; }
int main(void) {
    struct stat status;
    if (fstat(77, &status) == 0 || errno != EBADF) return 1;
    if (fchown(77, 1, 1) == 0 || errno != EBADF) return 2;
    if (stat((char *)1, &status) == 0 || errno != EFAULT) return 3;
    if (fchownat(-1, "/calls", 3, 4, 0) != 0 || fstatat(-1, "/calls", &status, 0) != 0 || status.st_uid != 3) return 4;
    struct sigaction action = {.sa_handler = ignore};
    struct itimerval timer = {{0, 2000}, {0, 2000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    int failures = 0;
    for (int i = 0; i < 5000; ++i) failures += stat("/calls", &status) != 0;
    fprintf(stderr, "interrupted: %d\n", failures);
    int number = 0;
    __asm__ volatile("int $0x80" : "=a"(number) : "a"(20));
    return number > 0 ? 0 : 5;
}
END
cc -static -o calls calls.c 2>/dev/null || { echo "not tested: system calls, because cc cannot link statically" && exit 0; }
cp calls home/outside/calls
printf 'FROM oci-archive:%s/base.tar\nCOPY calls /calls\nRUN /calls\n' "$place" >Containerfile
user_builder build --no-cache -f - home/outside <Containerfile >log 2>&1 || fail "the calls: $(cat log)"
cat log

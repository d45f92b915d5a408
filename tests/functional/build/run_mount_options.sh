# noexec, U, tmpcopyup and size of RUN --mount do what they say, and leave nothing behind.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && printf '#!/bin/sh\necho ran\n' >context/script && chmod 755 context/script
build context <<'CONTAINERFILE'
FROM base
RUN mkdir -m 700 /data && echo seed >/data/seed
RUN --mount=type=bind,target=/m,noexec ! /m/script && sh /m/script >/bound
RUN --mount=type=cache,target=/c,noexec cp /m/script /c 2>/dev/null; printf '#!/bin/sh\n' >/c/x; chmod 755 /c/x; ! /c/x
RUN --mount=type=tmpfs,target=/t,noexec,size=1m printf '#!/bin/sh\n' >/t/x; chmod 755 /t/x; ! /t/x && ! dd if=/dev/zero of=/t/big bs=1M count=2 2>/dev/null
RUN --mount=type=tmpfs,target=/data,tmpcopyup cat /data/seed >/copied && echo lost >/data/lost
RUN ls /data >/after
USER alice
RUN --mount=type=bind,target=/m,rw,U touch /m/new && echo mine >>/m/script && test "$(stat -c %u /m/script)" = 1234
RUN --mount=type=cache,target=/c2,U touch /c2/mine
RUN --mount=type=tmpfs,target=/t2,tmpfs-mode=700,U touch /t2/mine
CONTAINERFILE
assert_equal "$(file it /bound) $(file it /copied) $(file it /after)" "ran seed seed"
assert_equal "$(stat -c %u context/script)" "$(id -u)" "the context is as it was"

# What other mounts stand on inside a cache mount is gone from the cache after the step; what the step put there stays.
. "$(dirname "$0")/../library.sh"
make_base
mkdir empty && echo password >secret
for isolation in oci chroot; do
    build --no-cache --isolation $isolation --secret id=s,src=secret empty <<CONTAINERFILE
FROM base
RUN --mount=type=cache,id=$isolation,target=/c --mount=type=secret,id=s,target=/c/deep/secret --mount=type=tmpfs,target=/c/kept/memory \
    test -s /c/deep/secret && echo x >/c/kept/file && find /c | sort >/during
RUN --mount=type=cache,id=$isolation,target=/c find /c | sort >/after
CONTAINERFILE
    assert_equal "$(file it /during | tr '\n' ' ')" "/c /c/deep /c/deep/secret /c/kept /c/kept/file /c/kept/memory " "$isolation: in the step"
    assert_equal "$(file it /after | tr '\n' ' ')" "/c /c/kept /c/kept/file " "$isolation: what is left in the cache"
done
# Where another step has the cache, its mount on the same place stays, though the one that made the place ends first.
mkdir meet && mkfifo meet/{begun,go}-{1,2}
# step NUMBER: says that it has begun, waits, and looks at the secret.
step() {
    builder build -q --no-cache --secret id=s,src=secret -v "$place/meet:/m" -t "step$1" -f - empty >"log$1" 2>&1 <<CONTAINERFILE
FROM base
RUN --mount=type=cache,id=both,target=/c --mount=type=secret,id=s,target=/c/secret echo x >/m/begun-$1 && read go </m/go-$1 && wc -c </c/secret >/seen
CONTAINERFILE
}
step 1 &
first=$!
read -r _ <meet/begun-1
step 2 &
second=$!
read -r _ <meet/begun-2
for number in 1 2; do
    echo go >meet/go-$number
    wait $first || fail "$(cat log1)"
done
wait $second || fail "$(cat log2)"
for number in 1 2; do assert_equal "$(file step$number /seen)" 9 "what step $number had of the secret"; done

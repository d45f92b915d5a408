# Where nothing is allowed, as in a pod without capabilities and namespaces, builds that run no command give the same image,
# and a RUN says which right is missing and how to give it.
source "$(dirname "$0")/../library.sh"
needs_root
needs unshare setpriv
mkdir -m 777 home context
cp "$program" home/builder && chmod 755 "$place" home/builder
locked_down() {
    unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --no-new-privs \
        --bounding-set=-all --inh-caps=-all "$@"' sh "$place/home/builder" --root "$place/home/store" --runroot "$place/home/run" "$@"
}
locked_down version >/dev/null 2>error || skip "no such place can be made here: $(cat error)"
cp /bin/busybox context/busybox
cat >context/Containerfile <<'END'
FROM scratch AS first
COPY --chown=7:8 --chmod=4755 busybox /bin/busybox
WORKDIR /work
FROM first
COPY --from=first /bin /again
ADD --chown=9 Containerfile .
END
flags=(-q --no-cache --timestamp 0 --rewrite-timestamp -t it)
assert_equal "$(locked_down build "${flags[@]}" context)" "$(builder build "${flags[@]}" context)" "the image of the pod"
locked_down push -q it "oci:$place/home/out:x"
assert_fails_with 125 locked_down build -f - context <<<$'FROM it\nRUN ["/bin/busybox", "true"]'
assert_contains "$output" "no command can be run in a container here: cannot make a user namespace"
assert_contains "$output" "max_user_namespaces"
assert_contains "$output" 'RUN ["/bin/busybox", "true"]'
locked_down info | jq -e '.host.privileges == "an ordinary process" and (.host.privilegesReason | length > 0) and .host.isolation.default == "none"' >/dev/null || fail "info does not tell"

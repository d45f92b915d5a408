# --userns: the root of a step is nobody on this machine, and the layers are the same all the same.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo text >context/file && echo secret >secret
cat >context/Containerfile <<'END'
FROM base AS other
RUN mkdir -m 700 /secret
COPY --chown=77:78 --chmod=600 file /secret/
FROM base
COPY --chown=alice file /owned
RUN mkdir -p /data/deep && chown -R 1234:77 /data && rm /bin/vi && chmod 4755 /bin/busybox && echo more >>/owned
RUN --mount=type=cache,target=/cache touch /cache/kept && test "$(stat -c %u:%g /cache /cache/kept | sort -u)" = 0:0
RUN --mount=type=secret,id=s,uid=1234,target=/run/secrets/s test "$(cat /run/secrets/s):$(stat -c %u /run/secrets/s)" = secret:1234
RUN --mount=type=tmpfs,target=/missing/place touch /missing/place/x && test "$(stat -c %u /missing/place)" = 0
RUN --mount=type=bind,target=/context test "$(cat /context/file):$(stat -c %u:%g /context/file)" = text:0:0
RUN --mount=type=bind,target=/context,rw echo more >>/context/file && chown 5:6 /context/file
RUN --mount=type=bind,from=other,target=/other,source=/secret test "$(cat /other/file):$(stat -c %u:%g /other/file)" = text:77:78
RUN --mount=type=bind,from=other,target=/other,rw rm /other/secret/file && touch /other/secret/new
WORKDIR /made/by/builder
USER alice
RUN id -u >/tmp/id && echo x >/tmp/mine && test "$(stat -c %u /bin/busybox)" = 0
END
flags=(--no-cache --timestamp 0 --rewrite-timestamp --secret id=s,src=secret -t it)
diff_ids() { builder inspect it | jq -c '.Config | fromjson | .rootfs'; }
builder build "${flags[@]}" context >plain.log 2>&1 || fail "$(cat plain.log)"
plain=$(diff_ids)
builder build "${flags[@]}" --userns-uid-map 0:300000:65536 --userns-gid-map 0:400000:65536 context >mapped.log 2>&1 || fail "$(cat mapped.log)"
assert_equal "$(diff_ids)" "$plain" "the diff IDs with and without"
log=$(build_log --no-cache --userns-uid-map 0:300000:1000 context <<<$'FROM base\nRUN cat /proc/self/uid_map /proc/self/gid_map')
assert_equal "$(grep -c '^ *0 *300000 *1000$' <<<"$log")" 2 "the lines of the mapping in: $log"
# A file of root's outside is nobody's inside, and cannot be written even where everybody may come.
echo root >outside && chmod 600 outside
assert_fails_with 1 builder build --no-cache --userns-uid-map 0:300000:1000 -v "$place/outside:/outside" -f - context <<<$'FROM base\nRUN cat /outside'
container=$(builder from --userns-uid-map 0:300000:65536 base)
assert_equal "$(builder run "$container" -- sh -c 'echo made >/made; cut -d" " -f1 /proc/self/uid_map >/dev/null; awk "{print \$2}" /proc/self/uid_map')" 300000
builder commit -q "$container" it >/dev/null
assert_line "$(layer it)" "made file 0644 0:0 5"
assert_fails_with 125 builder build --userns private -f - context <<<$'FROM base\nRUN true'
assert_contains "$output" "--userns-uid-map"
assert_fails_with 125 builder build --userns-uid-map 0:x:1 -f - context <<<$'FROM base\nRUN true'
assert_contains "$output" "0:x:1"
assert_fails_with 125 builder build --userns-uid-map-user nobody-of-this-name -f - context <<<$'FROM base\nRUN true'
assert_contains "$output" "/etc/subuid"
# The mapping can be said once, before the command, and be that of a namespace which is there.
shows_mapping=$'FROM base\nRUN echo "uid $(cat /proc/self/uid_map | tr -s " ")"'
assert_contains "$("$program" --root "$place/store" --runroot "$place/run" --userns-uid-map 0:310000:500 build --no-cache -f - context <<<"$shows_mapping" 2>&1)" "uid  0 310000 500"
unshare --user sh -c 'echo there >entered; exec sleep 1000' &
other=$!
wait_until 10 test -s entered || fail "no user namespace could be made"
echo "0 320000 600" >"/proc/$other/uid_map" && echo "0 320000 600" >"/proc/$other/gid_map"
assert_contains "$(builder build --no-cache --userns "ns:/proc/$other/ns/user" -f - context 2>&1 <<<"$shows_mapping")" "uid  0 320000 600"
first=$(builder from --userns "ns:/proc/$other/ns/user" base)
builder run "$first" -- sh -c 'echo made >/shared && chown 5:6 /shared && readlink /proc/self/ns/user >/name'
assert_equal "$(builder run "$first" -- cat /name)" "$(readlink "/proc/$other/ns/user")"
second=$(builder from --userns "container:$first" base)
assert_fails_with 125 builder run "$second" -- true
assert_contains "$output" "runs"
"$program" --root "$place/store" --runroot "$place/run" run "$first" -- sh -c 'echo begun && exec sleep 1000' >begun &
running=$!
wait_until 10 grep -q begun begun || fail "the command did not start"
assert_equal "$(builder run "$second" -- readlink /proc/self/ns/user)" "$(readlink "/proc/$other/ns/user")"
kill "$running"
wait "$running" || true
builder commit -q "$first" it >/dev/null
assert_line "$(layer it)" "shared file 0644 5:6 5"
assert_fails_with 125 builder build --userns "ns:/proc/self/ns/net" -f - context <<<"$shows_mapping"
assert_contains "$output" "cannot enter the user namespace"
kill "$other"

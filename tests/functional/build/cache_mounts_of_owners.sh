# A cache mount of another owner, mode or source is another cache, even under the same name.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<'X'
FROM base
RUN --mount=type=cache,target=/c touch /c/mine
RUN --mount=type=cache,target=/c,uid=1234 ls -A /c >/tmp/other && stat -c %u /c >>/tmp/other
RUN --mount=type=cache,target=/elsewhere,id=/c ls /elsewhere >/tmp/same
X
assert_equal "$(file it /tmp/other)" 1234
assert_equal "$(file it /tmp/same)" mine

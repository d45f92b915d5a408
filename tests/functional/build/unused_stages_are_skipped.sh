# A stage that the target does not need is not built, and its errors do not matter.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base AS needed
RUN echo yes >/made
FROM base AS broken
RUN exit 9
FROM base
COPY --from=needed /made /made
X
log=$(builder build -t it .)
assert_lacks "$log" "exit 9"
assert_equal "$(file it /made)" yes
assert_fails_with 9 builder build --skip-unused-stages=false -t it .

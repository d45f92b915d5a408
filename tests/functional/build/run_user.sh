# USER by name runs with the image's numbers, groups and home; by number as it is.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
USER alice
RUN id -u >/tmp/id; id -g >>/tmp/id; id -G >>/tmp/id; echo $HOME >>/tmp/id
USER alice:staff
RUN id -G >/tmp/groups
USER 4321
RUN id -u >/tmp/number; id -g >>/tmp/number
X
builder build -q -t it . >/dev/null
assert_equal "$(file it /tmp/id)" $'1234\n1235\n1235 50 77\n/home/alice'
assert_equal "$(file it /tmp/groups)" 50
assert_equal "$(file it /tmp/number)" $'4321\n0'
assert_fails_with 125 builder build -f - . <<<$'FROM base\nUSER bob\nRUN true'
assert_contains "$output" bob

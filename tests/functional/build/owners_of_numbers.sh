# --chown and WORKDIR with a number: the group is the same number, whatever /etc/passwd says of it; a name has the group of its entry.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo x >context/file
build context <<'X'
FROM base
RUN grep -q '^alice:x:1234:1235:' /etc/passwd
COPY --chown=1234 file /number
COPY --chown=alice file /name
COPY --chown=1234 <<END /text
x
END
USER 1234
WORKDIR /of/number
USER 5678
WORKDIR /of/stranger
USER alice
WORKDIR /of/alice
USER 1234
RUN id -g >/tmp/gid
USER 5678
RUN id -g >/tmp/gid2 && id -G >/tmp/groups
USER root
RUN stat -c '%n %u:%g' /number /name /text /of /of/number /of/stranger /of/alice >/owners
X
assert_equal "$(file it /owners)" "/number 1234:1234
/name 1234:1235
/text 1234:1234
/of 1234:1234
/of/number 1234:1234
/of/stranger 5678:5678
/of/alice 1234:1235"
# What runs has the group of the entry, or root's.
assert_equal "$(file it /tmp/gid)" 1235
assert_equal "$(file it /tmp/gid2) $(file it /tmp/groups)" "0 0"
# run makes a working directory by the same rule.
container=$(builder from base)
builder run --user 1234 --workingdir /made/deep "$container" true
assert_equal "$(builder run "$container" stat -c %u:%g /made /made/deep)" $'1234:1234\n1234:1234'
builder rm "$container" >/dev/null

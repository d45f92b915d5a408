# The empty file that a secret is mounted on leaves with the mount, also where the command has renamed a folder above it; what the
# command made itself stays.
. "$(dirname "$0")/../library.sh"
make_base
echo word >secret
build_empty --secret id=s,src=secret <<'CONTAINERFILE'
FROM base
RUN --mount=type=secret,id=s,target=/a/b/stub test "$(cat /a/b/stub)" = word && touch /a/empty && mv /a /aa && mkdir -p /a/b && echo mine >/a/b/stub && touch /aa/b/beside
CONTAINERFILE
files=$(layer it)
assert_contains "$files" aa/b/beside
assert_lacks "$files" aa/b/stub
assert_equal "$(file it /a/b/stub)" mine
assert_contains "$files" aa/empty

# `setup podman` writes one line into storage.conf after asking, keeps the rest, and takes it out again.
source "$(dirname "$0")/../library.sh"
published=$place/store/podman
export CONTAINERS_STORAGE_CONF=$place/storage.conf
cat >storage.conf <<END
# mine
[storage]
driver = "overlay"
graphroot = "$place/podman"
runroot = "$place/podman-run"
[storage.options]
additionalimagestores = [
  "/usr/lib/images", # those of the machine
]
END
mkdir podman
cp storage.conf before
chmod 640 storage.conf
# Without a terminal nobody can say yes.
assert_fails_with 125 builder setup podman </dev/null
assert_contains "$output" "would show the images of $place/store to Podman"
assert_contains "$output" "--yes"
cmp storage.conf before || fail "it was changed all the same"
[[ ! -e $published ]] || fail "it was published all the same"
builder setup podman --yes >out
assert_contains "$(cat out)" "$published"
assert_equal "$(diff before storage.conf)" "$(printf '7a8\n>   "%s",' "$published")" "what was changed"
assert_equal "$(stat -c %a storage.conf)" 640
assert_equal "$(builder info --format '{{.store.Podman.published}} {{.store.Podman.line}}')" \
    "true additionalimagestores = [\"$published\"]"
# Twice is once.
cp storage.conf once
builder setup podman --yes >/dev/null
cmp storage.conf once || fail "the second time changed it"
assert_fails_with 125 builder setup podman --release </dev/null
cmp storage.conf once || fail "a release without an answer changed it"
builder setup podman --release --yes >/dev/null
cmp storage.conf before || fail "a release left $(diff before storage.conf)"
[[ ! -e $published ]] || fail "a release left the published store"
assert_contains "$(builder setup podman --release --yes)" "not published"
assert_equal "$(builder info --format '{{.store.Podman.published}}')" false
# At a terminal it asks.
if command -v script >/dev/null; then
    asked() { printf '%s\n' "$1" | script -qec "$program --root $place/store --runroot $place/run setup podman" /dev/null; }
    ! asked no >out || fail "no is yes"
    assert_contains "$(cat out)" "nothing was changed"
    asked y >out || fail "yes is no: $(cat out)"
    grep -q "$published" storage.conf || fail "yes changed nothing"
    builder setup podman --release --yes >/dev/null
fi
# Where there is no file, one that says what holds anyway; it goes when it is no longer needed.
rm storage.conf
builder setup podman --yes >/dev/null
assert_line "$(cat storage.conf)" 'driver = "overlay"'
grep -q '^graphroot = "/' storage.conf || fail "no graphroot in $(cat storage.conf)"
builder setup podman --release --yes >/dev/null
[[ ! -e storage.conf ]] || fail "the file of setup stays: $(cat storage.conf)"
# A link is followed, not replaced.
mkdir dotfiles
cp before dotfiles/storage.conf
ln -s dotfiles/storage.conf storage.conf
builder setup podman --yes >/dev/null
[[ -L storage.conf ]] || fail "the link was replaced"
grep -q "$published" dotfiles/storage.conf || fail "what the link leads to was not changed"
builder setup podman --release --yes >/dev/null
cmp dotfiles/storage.conf before || fail "a release left $(diff before storage.conf)"

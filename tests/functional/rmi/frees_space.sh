# What no image and no cache record needs is gone from the disk; what others share stays.
. "$(dirname "$0")/../library.sh"
make_base
build_empty <<<$'FROM base\nRUN dd if=/dev/urandom of=/big bs=1M count=20 2>/dev/null'
before=$(du -sm store/layers | cut -f1)
builder rmi it >/dev/null
builder prune >/dev/null 2>&1
after=$(du -sm store/layers | cut -f1)
((before - after >= 20)) || fail "$before MB before, $after after"
build_empty <<<$'FROM base\nRUN test -x /bin/busybox'
builder rmi --all >/dev/null
assert_equal "$(builder images -q)" ""
builder prune 2>/dev/null
assert_equal "$(ls store/layers)" "" "folders of layers"

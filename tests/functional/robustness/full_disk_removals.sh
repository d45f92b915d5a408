# When the disk is full, `rm`, `prune` and `rmi` free room, and a push elsewhere works.
. "$(dirname "$0")/../library.sh"
make_base
for size in 20m 400m; do
    mkdir -p disk runs
    mount -t tmpfs -o size=$size tmpfs disk
    on_disk() { "$program" --root "$place/disk/root" --runroot "$place/runs" "$@"; }
    end() { umount "$place/disk"; }
    builder push -q base "oci:$place/bases-$size:base"
    on_disk pull -q "oci:$place/bases-$size:base" >base.id || { end; fail "cannot pull"; }
    on_disk from -q --name C "$(cat base.id)" >/dev/null
    on_disk run C -- dd if=/dev/zero of=/big bs=1M count=1000 >/dev/null 2>&1 || true # it fills the disk
    dd if=/dev/zero of=disk/fill bs=512 2>/dev/null || true
    available() { df --output=avail -B1 disk | tail -1; }
    full=$(available)
    ((full < 4096)) || { end; fail "the disk is not full: $full"; }
    for command in "push -q $(cat base.id) oci:$place/pushed-$size:x" "rm C" "rmi --all --force" "prune -a"; do
        dd if=/dev/zero of=disk/fill bs=512 oflag=append conv=notrunc 2>/dev/null || true # what the last one freed
        (($(available) < 4096)) || { end; fail "the disk is not full before $command"; }
        on_disk $command >said 2>&1 || { status=$?; end; fail "$command ends with $status when the disk of $size is full: $(cat said)"; }
        [[ $command != rm* ]] || (($(available) > 1000000)) || { status=$(available); end; fail "$command frees $status bytes"; }
    done
    assert_equal "$(on_disk images -q)" "" || { end; exit 1; }
    end
done

# The same script gives the same with Debian's buildah and with builder: names, output, exit codes, the files of the image.
source "$(dirname "$0")/../library.sh"
needs buildah runc
needs_root
[[ -x /bin/busybox ]] || skip "busybox-static is not installed"
mkdir -p context/sub theirs
cp /bin/busybox context/
echo text >context/file
echo deep >context/sub/deep
chmod 600 context/sub/deep
script() { # TOOL: builds with a script of its commands; prints what can be compared.
    local container other folder
    container=$($1 from scratch)
    echo "name $container"
    echo "second $($1 from scratch)"
    $1 copy "$container" context/busybox /bin/busybox
    $1 copy "$container" context/file context/sub /data/
    $1 add "$container" context/file
    $1 run $run_flags "$container" -- /bin/busybox sh -c 'exit 3' || echo "exit $?"
    $1 run $run_flags "$container" /bin/busybox mkdir -p /etc/made /tmp
    echo input | $1 run $run_flags "$container" /bin/busybox cat
    $1 run $run_flags --env A=1 --workingdir /data "$container" -- /bin/busybox sh -c 'echo $A; pwd; echo $#' sh 1 2
    $1 config --env X=1 --env Y=2 --cmd 'one "two three"' --entrypoint '["/bin/busybox","sh"]' --label a=b --port 80 --user 5 \
        --workingdir /data --author somebody "$container"
    $1 config --env X- --label c=d --volume /v "$container"
    $1 inspect --format '{{.OCIv1.Config.Env}} {{.OCIv1.Config.Cmd}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Labels}} {{.OCIv1.Config.User}} {{.OCIv1.Author}} {{.FromImage}}|' "$container"
    $1 commit -q "$container" made:1 >id
    grep -cE '^[0-9a-f]{64}$' id
    $1 images --format '{{.Name}}:{{.Tag}}'
    other=$($1 from made:1)
    echo "third $other $($1 from localhost/made:1)"
    $1 containers --format '{{.ImageName}} {{.ContainerName}}' | tr -s ' '
    $1 inspect --type image --format '{{.OCIv1.Config.Env}} {{.Docker.Config.Cmd}} {{len .OCIv1.History}} {{len .OCIv1.RootFS.DiffIDs}}|' made:1
    $1 rename "$other" renamed
    $1 tag made:1 also:2
    folder=$($1 mount renamed)
    (cd "$folder" && find data etc/made file -printf '%p %y %m %U:%G %s\n' | sort && cat data/deep)
    $1 umount renamed | wc -c
    $1 rmi made:1 >/dev/null 2>&1 || echo "rmi $?"
    $1 rm nosuch 2>/dev/null || echo "rm $?"
    $1 from --pull=never nosuch 2>/dev/null || echo "from $?"
    $1 run $run_flags nosuch true 2>/dev/null || echo "run $?"
    $1 rm --all | wc -l
    $1 rmi also:2 >/dev/null && $1 images -q
    echo "end $?"
}
theirs() { buildah --root "$place/theirs/root" --runroot "$place/theirs/run" --storage-driver vfs "$@"; }
ours() { builder "$@"; }
run_flags="--runtime runc" script theirs >theirs.out 2>theirs.log || fail "buildah: $(tail -5 theirs.log)"
run_flags='' script ours >ours.out 2>ours.log || fail "builder: $(tail -5 ours.log)"
diff theirs.out ours.out || fail "the outputs differ"

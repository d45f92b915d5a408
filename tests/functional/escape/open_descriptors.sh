# What the caller left open, and what builder itself has open, is no way to a file of the machine (CVE-2024-21626): not as
# the program to execute, not as the working directory, in `build` and in `run`.
. "$(dirname "$0")/../library.sh"
make_base
mkdir outside empty
cp /bin/busybox outside/busybox
ln -s busybox outside/echo
exec 7<"$place/outside" 8</etc/passwd
# That there is something to be had: here the descriptor leads to the program.
assert_equal "$(/proc/self/fd/7/echo of-the-host)" "of-the-host"
for kind in oci chroot; do
    for number in $(seq 3 12); do
        for path in "/proc/self/fd/$number/echo" "/proc/self/fd/$number/../../../../../../../../../..$place/outside/echo"; do
            status=0
            output=$(builder build --no-cache --isolation $kind -f - empty 2>&1 <<<$'FROM base\nRUN ["'"$path"'", "of-the-host"]') || status=$?
            ((status == 1)) || fail "descriptor $number, $kind: exit code $status, $output"
            assert_contains "$output" "cannot execute '$path' in the container"
            ! grep -qx of-the-host <<<"$output" || fail "descriptor $number, $kind: a program of the machine ran"
        done
    done
done
container=$(builder from base)
builder run "$container" -- sh -c 'for n in $(seq 3 20); do ln -s /proc/self/fd/$n/../../../../../../../../../..'"$place"'/outside/echo /bin/tool$n; done; echo linked' >linked
assert_equal "$(cat linked)" linked
for number in $(seq 3 20); do
    for path in "/proc/self/fd/$number/echo" "/proc/self/fd/$number/../../../../../../../../../..$place/outside/echo" "tool$number"; do
        status=0
        output=$(builder run "$container" -- "$path" of-the-host 2>&1) || status=$?
        ((status == 1)) || fail "run $path: exit code $status, $output"
        [[ $output == *"cannot execute '$path' in the container"* || $output == *"'$path': no such program in the container"* ]] ||
            fail "run $path: $output"
        [[ $output != of-the-host ]] || fail "run $path ran a program of the machine"
    done
    for folder in "/proc/self/fd/$number" "/proc/self/fd/$number/.."; do
        status=0
        output=$(builder run --workingdir "$folder" "$container" -- sh -c 'ls; echo ran' 2>&1) || status=$?
        assert_lacks "$output" "outside" "working directory $folder"
    done
done
# The step itself has its three streams, and the folder that ls reads.
assert_equal "$(builder run "$container" -- sh -c 'ls /proc/self/fd | wc -l')" 4 "the number of open descriptors"

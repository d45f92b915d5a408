# Without --jobs all builds of the machine share what it has: no more commands of steps run at a time than twice the processors,
# whichever build they belong to.
. "$(dirname "$0")/../library.sh"
make_base
slots=$(($(nproc) * 2))
gib=$(awk '/MemAvailable/ { print int($2 / 1048576) }' /proc/meminfo)
((gib >= slots)) || skip "fewer GiB are free ($gib) than there would be slots ($slots)"
((slots <= 16)) || skip "too many processors for this test: $slots slots"
mkdir contexts
stages=$((slots + 3))
# Each command says that it runs, and ends when it is told to.
for build in 1 2; do
    mkdir contexts/$build
    for ((i = 0; i < stages; i++)); do
        printf 'FROM base AS s%s\nRUN touch /busy/%s-%s; until [ -e /busy/end ]; do sleep 0.05; done; touch /done\n' $i $build $i
    done >contexts/$build/Containerfile
    printf 'FROM base\n' >>contexts/$build/Containerfile
    for ((i = 0; i < stages; i++)); do printf 'COPY --from=s%s /done /%s\n' $i $i; done >>contexts/$build/Containerfile
done
mkdir busy
pids=()
for build in 1 2; do
    "$program" --root "$place/store" --runroot "$place/run" build -q -v "$place/busy:/busy" -t it$build contexts/$build >id-$build 2>log-$build &
    pids+=($!)
done
running() { ls busy | grep -c -- - || [[ $? == 1 ]]; }
all_slots_taken() { (($(running) >= slots)); }
wait_until 30 all_slots_taken || fail "$(running) of $slots commands run: $(cat log-1 log-2)"
# Whoever could begin besides would have begun within the time that a slot is looked for every 20 ms.
more() { (($(running) > slots)); }
wait_until 1 more && fail "$(running) commands run, $slots are allowed"
touch busy/end
for pid in "${pids[@]}"; do wait "$pid" || fail "a build failed: $(cat log-1 log-2)"; done
assert_equal "$(running)" $((2 * stages))

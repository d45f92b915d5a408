# kill -9 at any moment: whatever the store has afterwards is whole.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && for i in $(seq 300); do echo "$i" >"context/$i"; done
printf 'FROM base\nCOPY . /a\nRUN cp -r /a /b\nCOPY . /c\nRUN rm -r /a\n' >Containerfile
layers_above_base() { builder inspect "$1" | jq -c '.OCIv1.rootfs.diff_ids[-4:]'; }
builder build -q -t whole --timestamp 1 -f Containerfile context >/dev/null
expected=$(layers_above_base whole)
builder rmi whole >/dev/null
builder prune >/dev/null 2>&1
make_base
killed=0
for delay in 0.01 0.04 0.07 0.1 0.13 0.18; do
    status=0
    timeout --signal=KILL "$delay" "$program" --root "$place/store" --runroot run build -q -t it --timestamp 1 -f Containerfile context >/dev/null 2>&1 || status=$?
    ((status == 0 || status == 137)) || fail "the build ended with $status"
    ((status == 0)) || killed=$((killed + 1))
    wait_until 10 no_process_left || fail "processes are left"
    assert_equal "$(sqlite_check)" ok "after $delay s"
done
((killed > 0)) || fail "no build was killed: all were done before"
builder prune >/dev/null 2>&1
make_base
builder build -q -t it --timestamp 1 -f Containerfile context >/dev/null
assert_equal "$(layers_above_base it)" "$expected" "the layers after the kills"
assert_equal "$(layer it -1)" ".wh.a file 0000 0:0 0"
assert_equal "$(layer it -2 | grep -c ' file ')" 300

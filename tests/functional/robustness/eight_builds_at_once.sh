# Eight processes build the same and different things in one new store; every image is right.
. "$(dirname "$0")/../library.sh"
make_base
folder=$(write_oci base)
mkdir context && for i in $(seq 50); do echo "$i" >"context/$i"; done
two() { "$program" --root "$place/store/two" --runroot "$place/run" "$@"; }
for n in 1 2 3 4 5 6 7 8; do
    printf 'FROM oci:%s:x\nCOPY . /all\nRUN echo same >/same\nRUN echo %s >/own\n' "$folder" $((n % 4)) >"file$n"
    two build -q -t "image$n" -f "file$n" context >"id$n" 2>"log$n" &
    builds[n]=$! # by its number: bash forgets jobs that ended before the next one began
done
for n in 1 2 3 4 5 6 7 8; do wait "${builds[n]}" || fail "build $n: $? $(cat log*)"; done
for n in 1 2 3 4 5 6 7 8; do
    folder=$(two inspect "image$n" | jq -r '.Layers[-1].folder')
    assert_equal "$(cat "$folder/own")" $((n % 4)) "image$n"
    folder=$(two inspect "image$n" | jq -r '.Layers[-3].folder')
    assert_equal "$(ls "$folder/all" | wc -l)" 50 "image$n"
done
two prune >/dev/null 2>&1
recorded=$("$python" -c 'import sqlite3; print(sqlite3.connect("store/two/store.db").execute("select count(*) from layers").fetchone()[0])')
assert_equal "$(ls store/two/layers | wc -l)" "$recorded" "folders and records of layers"

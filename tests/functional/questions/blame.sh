# blame says which step made a file as it is, and what others did to it before; of what is gone, who took it away.
source "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo first >context/file
build context <<'CONTAINERFILE'
FROM base
COPY file /etc/file
RUN chmod 600 /etc/file && mkdir -p /dir/sub && echo a >/dir/sub/inner && echo k >/kept && ln -s /etc/file /link
RUN echo second >/etc/file
ENV between=steps
RUN rm /etc/file && rm -r /dir && mkdir /dir && touch /other
RUN echo third >/etc/file && rm -r /dir && echo now a file >/dir
CONTAINERFILE
changes() { builder blame --json "$@" | jq -r '.changes[] | "\(.change) \(.what | join(",")) \(.instruction)"'; }
mapfile -t rows < <(changes it /etc/file)
assert_equal "${rows[0]}" "added  RUN echo third >/etc/file && rm -r /dir && echo now a file >/dir"
assert_equal "${rows[1]}" "deleted  RUN rm /etc/file && rm -r /dir && mkdir /dir && touch /other"
assert_equal "${rows[2]}" "changed content,time RUN echo second >/etc/file"
assert_contains "${rows[3]}" "changed mode RUN chmod 600 /etc/file"
assert_contains "${rows[4]}" "added  COPY file:"
assert_equal "${#rows[@]}" 5
# The step is the place in the history, the layer the one of that step, the image the one that it came with.
assert_equal "$(builder blame --json it /etc/file | jq '.changes[0] | .step == .steps')" true
assert_equal "$(builder blame --json it /etc/file | jq -r '.changes[0].layer')" "$(config it '.rootfs.diff_ids[-1]' | jq -r .)"
assert_equal "$(builder blame --json it /etc/file | jq -r '.changes[0].image')" localhost/it:latest
assert_equal "$(builder blame --json it /etc/passwd | jq -c '.changes | map(.image)')" '["localhost/base:latest"]'
assert_equal "$(builder blame --json it /etc/file | jq -c '[.path, .file.mode, .file.size, .file.type]')" '["/etc/file","0644",6,"file"]'
assert_equal "$(builder blame --json it /etc/file | jq -c '.changes[3].file | [.mode, .size]')" '["0600",6]'
# A file that stays is blamed on its first step alone; what is beside it does not count.
assert_equal "$(changes it /kept | wc -l)" 1
# What was below a folder goes with it, or behind a file in its place.
assert_equal "$(changes it /dir/sub/inner | cut -d' ' -f1 | paste -sd' ')" "deleted added"
assert_contains "$(builder blame it /dir/sub/inner)" "/dir/sub/inner was deleted"
mapfile -t rows < <(changes it /dir)
assert_contains "${rows[0]}" "replaced type RUN echo third"
assert_contains "${rows[1]}" "replaced "
assert_equal "${#rows[@]}" 3
# A link is blamed itself; one on the way is followed, inside the image.
assert_equal "$(builder blame --json it /link | jq -r '.target')" /etc/file
build context <<<$'FROM it\nRUN ln -s ../../../../../etc /way && ln -s /way/../../../etc/passwd /out'
assert_equal "$(builder blame --json it /way/file | jq -r .path)" /etc/file
assert_equal "$(builder blame --json it /../way/../etc/./file | jq -r .path)" /etc/file
assert_equal "$(builder blame --json it /out | jq -r '.path, .file.type')" $'/out\nlink'
# The table.
table=$(builder blame it /etc/file)
assert_contains "$(sed -n 1p <<<"$table")" "/etc/file: file, mode 0644, owner 0:0, 6 B, of "
assert_equal "$(sed -n 2p <<<"$table" | tr -s ' ')" "STEP LINE LAYER CHANGE CREATED BY IMAGE"
assert_contains "$(sed -n 3p <<<"$table")" "RUN echo third"
assert_equal "$(builder blame -n it /etc/file | wc -l)" 5
# The line of the Containerfile, where there is a record of a build that made the layer: of the build that made the image.
lines() { builder blame --json "$@" | jq -c '.changes | map(.line)'; }
assert_equal "$(lines it /etc/file)" "[7,6,4,3,2]"
assert_equal "$(builder blame --json it /etc/file | jq -r '.changes[0] | .containerfile, .build')" "standard input
$(builder builds ls --json | jq -r '.[] | select(.names | index("localhost/it:latest")) | .id' | tail -1)"
mkdir other && cp -a context/file other/file && printf 'FROM base\n\n\nCOPY file /etc/file\n' >other/Containerfile
builder build -q -t other other >/dev/null
assert_equal "$(builder blame --json other /etc/file | jq -c '.changes[0] | [.line, .containerfile]')" '[4,"other/Containerfile"]'
assert_equal "$(lines it /etc/file)" "[7,6,4,3,2]" "another build has the same layer"
assert_contains "$(builder blame other /etc/file)" " other/Containerfile:4 "
echo damaged >"$(ls -d "$place"/store/builds/*.events | tail -1)"
assert_equal "$(lines it /etc/file)" "[7,6,4,3,2]" "a record is damaged"
builder builds rm --all >removed
assert_equal "$(lines it /etc/file)" "[null,null,null,null,null]"
# A container: what was written in it has no layer yet; after a commit it has.
container=$(builder from it)
builder run "$container" -- sh -c 'echo fourth >/etc/file; rm /kept'
assert_equal "$(builder blame --json "$container" /etc/file | jq -c '.changes[0] | [.change, .layer, .step]')" '["changed","",null]'
assert_equal "$(builder blame --json "$container" /kept | jq -c '[.file, (.changes | map(.change))]')" '[null,["deleted","added"]]'
assert_contains "$(builder blame "$container" /kept)" "(written in the container)"
builder commit -q "$container" committed >/dev/null
assert_different "$(builder blame --json committed /kept | jq -r '.changes[0].layer')" ""
builder rm "$container" >/dev/null
# One that was pulled: the entry of its history.
folder=$(write_oci it)
id=$(builder --root "$place/second" --runroot "$place/run2" pull -q "oci:$folder:x")
assert_contains "$(builder --root "$place/second" --runroot "$place/run2" blame "$id" /etc/file | sed -n 3p)" "RUN echo third"
# Bad input.
assert_fails_with 125 builder blame nosuch /x
assert_contains "$output" "nosuch: image not known"
assert_fails_with 125 builder blame it /etc/fiel
assert_contains "$output" "there is no '/etc/fiel' in 'it', nor was there one in any of its layers"
assert_contains "$output" "did you mean file?"
assert_fails_with 125 builder blame it /
assert_contains "$output" "is the root"
assert_fails_with 125 builder blame it /nowhere/../../..
assert_fails_with 125 builder blame it /kept/below
assert_fails_with 125 builder blame it
# Two steps of a build give the same layer: the one in the image's own stage counts.
mkdir equal && echo same >equal/file
printf 'FROM base AS maker\nCOPY file /data/file\nFROM base\nCOPY --from=maker /data /data\n' >equal/Containerfile
builder build -q --timestamp 0 -t equal equal >/dev/null
assert_equal "$(builder builds show --json | jq -rs 'map(select(.event == "layer") | .diff_id) | "\(length) \(unique | length)"')" "2 1"
assert_equal "$(builder blame --json equal /data/file | jq '.changes[0].line')" 4

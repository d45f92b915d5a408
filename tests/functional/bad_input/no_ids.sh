# 4294967295 is no ID: to the kernel it says that an owner stays as it is, root that is. It is refused wherever an ID can be said,
# as is what does not fit into 32 bits. The largest ID is taken.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context && echo x >context/file && echo long-secret >secret
largest=4294967294
in_a_build() { # INSTRUCTION
    builder build --no-cache --secret id=s,src=secret -t it -f - context <<<$'FROM base\n'"$1" 2>&1
}
in_a_container() { builder run "$@" "$container" -- ls -ldn /x 2>&1; }
as_user() { builder run --user "$1" "$container" -- id -u 2>&1; }
copied_for() { builder copy --chown "$1" "$container" context/file /y 2>&1; }
container=$(builder from base)
for id in $largest 4294967295 4294967296 18446744073709551615 -1; do
    expected=125
    [[ $id != "$largest" ]] || expected=0
    tried() { # COMMAND...: it is taken, or refused, by builder
        local status=0
        output=$("$@") || status=$?
        assert_equal "$status" "$expected" "$* with $id: $output"
        ((status)) || [[ $1 == copied_for ]] || assert_contains "$output" "$largest" "$*"
    }
    for kind in uid gid; do
        tried in_a_build "RUN --mount=type=cache,target=/x,$kind=$id ls -ldn /x"
        tried in_a_build "RUN --mount=type=secret,id=s,target=/x,$kind=$id ls -ln /x"
        tried in_a_container --mount "type=cache,target=/x,$kind=$id"
    done
    for owner in "$id" "0:$id" "$id:0"; do
        tried in_a_build $'COPY --chown='"$owner"$' file /x\nRUN ls -ln /x'
        tried in_a_build $'ADD --chown='"$owner"$' file /x\nRUN ls -ln /x'
        tried in_a_build $'USER '"$owner"$'\nRUN id'
        tried copied_for "$owner"
    done
    tried as_user "$id"
done

# Each target of --volume and --mount is used once; those of the container give way.
base
mkdir one two && echo 1 >one/f && echo 2 >two/f
c=$(b from -v "$PWD/one:/data" busybox)
b run "$c" -- cat /data/f
b run -v "$PWD/two:/data" "$c" -- cat /data/f
bq run -v "$PWD/one:/x" -v "$PWD/two:/x" "$c" -- true
phrase '/x: duplicate mount destination'
bq run --mount type=tmpfs,dst=/x --mount "type=bind,src=$PWD/one,dst=/x" "$c" -- true
phrase '/x: duplicate mount destination'
bq run --mount type=tmpfs,dst=/x -v "$PWD/one:/x" "$c" -- true
phrase '/x: duplicate mount destination'

# What is wrong with a mount of run.
base
mkdir data
c=$(b from busybox)
bq run --mount type=volume,dst=/x "$c" -- true
phrase 'invalid filesystem type "volume"'
bq run --mount type=cache,id=x "$c" -- true
phrase 'must set volume destination'
bq run --mount type=tmpfs "$c" -- true
phrase 'incorrect mount format: should be --mount type=<bind|tmpfs>'
bq run --mount type=tmpfs,tmpfs-size=1m "$c" -- true
phrase 'must set volume destination'
bq run --mount type=tmpfs,dst "$c" -- true
phrase 'must provide an argument for option'
bq run --mount type=cache,dst=/c,id "$c" -- true
phrase 'must provide an argument for option'
b run --workingdir /w --mount type=tmpfs,dst=in/t "$c" -- sh -c 'grep -c " /w/in/t " /proc/mounts'

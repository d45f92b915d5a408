# A volume of the container that is gone is warned of; one of the command is an error.
base
mkdir there
c=$(b from -v "$PWD/there:/data" busybox)
b run "$c" -- ls -d /data
rmdir there
bq run "$c" -- true
phrase 'on host to bind mount into container'
bq run -v "$PWD/there:/x" "$c" -- true
phrase 'no such file or directory'

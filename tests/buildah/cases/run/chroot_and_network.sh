# --isolation chroot has the network of the machine.
base
c=$(b from busybox)
bq run --isolation chroot --network none "$c" -- true
phrase 'cannot set --network other than host with --isolation chroot'
b run --isolation chroot --network host "$c" -- echo works
b run --isolation chroot "$c" -- echo works

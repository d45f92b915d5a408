# What is not to be made is not there.
base
c=$(b from busybox)
b run --no-hosts "$c" -- ls /etc
b run --no-hostname "$c" -- ls /etc
c=$(b from --dns none busybox)
b run --no-hosts --no-hostname "$c" -- ls /etc
b run "$c" -- sh -c 'ls /etc/resolv.conf || echo none'
printf 'FROM busybox\nRUN ls /etc\n' >Containerfile
b build --no-hosts .
b build --dns none --no-hostname .

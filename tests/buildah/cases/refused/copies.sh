# Sources that are not there.
base
c=$(b from busybox)
bq copy "$c" '' /x
phrase 'empty source location'
bq copy "$c" 'nosuch*' /x/
phrase 'no such file or directory'
mkdir ctx && echo x >ctx/f
b copy -q --contextdir ctx "$c" "$W/here/ctx/f" /f
b run "$c" -- cat /f
bq copy --chown nosuch "$c" ctx/f /g
phrase 'looking up UID/GID for "nosuch"'
bq copy --checksum sha256:00 "$c" ctx/f /g
phrase 'checksum flag is not supported for local sources'

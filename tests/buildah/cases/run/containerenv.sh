# Programs find out that they are in a container; the file is not in the image.
base
c=$(b from busybox)
b run "$c" -- sh -c '[ -f /run/.containerenv ] && grep -c engine= /run/.containerenv'
bq commit -q "$c" localhost/x
d=$(b from localhost/x)
m=$(bq mount "$d")
check test -e $m/run/.containerenv
printf 'FROM busybox\nRUN [ -f /run/.containerenv ] && echo there\nRUN ls -A /run\n' >Containerfile
b build .

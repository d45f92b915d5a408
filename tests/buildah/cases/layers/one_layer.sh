# Without --layers there is one layer on top of those of the base.
base
n() { "$B" $G inspect -t image "$1" | jq -c '[.OCIv1.rootfs.diff_ids|length]'; }
printf 'FROM busybox\nRUN echo 1 >/f\nRUN echo 2 >/g\n' | bq build -t localhost/a -f - .
check n localhost/a
printf 'FROM busybox\nLABEL a=b\n' >c2
bq build -t localhost/b -f c2 .
check n localhost/b
printf 'FROM scratch\nLABEL a=b\nENV c=d\n' >c3
bq build -t localhost/c -f c3 .
check n localhost/c

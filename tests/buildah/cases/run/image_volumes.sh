# What is written to a volume of the image is the container's, and of its images.
base
printf 'FROM busybox\nRUN mkdir -p /data && echo before >/data/file && chown 5:6 /data\nVOLUME /data /fresh/deep\n' >Containerfile
bq build -q -t localhost/vol .
c=$(b from localhost/vol)
b run "$c" -- sh -c 'echo changed >/data/file; echo new >/fresh/deep/new; stat -c "%a %u:%g" /data /fresh/deep'
b run "$c" -- cat /data/file /fresh/deep/new
m=$(bq mount "$c")
check cat $m/data/file $m/fresh/deep/new
bq commit -q "$c" localhost/two
d=$(b from localhost/two)
b run "$d" -- cat /data/file /fresh/deep/new
b run "$d" -- sh -c 'grep -c -e " /data " -e " /fresh" /proc/mounts'

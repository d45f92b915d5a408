# A short name that an image has is that image's.
base
c=$(b from busybox)
bq commit -q "$c" busybox
b images --format '{{.Name}}'
bq commit -q "$c" other
bq commit -q "$c" other
b images --format '{{.Name}}'
bq tag other docker.io/library/third
bq commit -q "$c" third
b images --format '{{.Name}}:{{.Tag}}'

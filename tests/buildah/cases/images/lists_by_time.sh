# Lists have the time at which they were made.
base
bq manifest create localhost/zz
bq manifest create localhost/aa
b images --format '{{.Name}}'
bq manifest add localhost/zz docker://busybox:arm64
b images --format '{{.Name}}'
bq tag localhost/zz localhost/other
b rmi localhost/other
b rmi localhost/zz

# The same of commit.
base
c=$(b from busybox)
bq commit -q "$c" dir:folder
bq commit -q "$c" oci:lay:x
b images --format '{{.Name}}'

# Names of images that come from folders and archives.
base
bq push -q busybox oci:lay:one
bq push -q busybox oci-archive:o.tar:my/name:tag
bq push -q busybox docker-archive:d.tar:some/name:tag
bq rmi -a
b pull -q oci:lay:one
b images --format '{{.Name}}:{{.Tag}}'
bq rmi -a
b pull -q oci-archive:o.tar:my/name:tag
b images --format '{{.Name}}:{{.Tag}}'
bq rmi -a
b pull -q docker-archive:d.tar
b images --format '{{.Name}}:{{.Tag}}'

# The name that was given last comes first.
base
bq tag busybox localhost/one
bq tag busybox localhost/two localhost/three
b images --format '{{.Name}}:{{.Tag}}'
bq tag busybox localhost/one
b images --format '{{.Name}}:{{.Tag}}'
b inspect -t image --format '{{.FromImage}}' busybox

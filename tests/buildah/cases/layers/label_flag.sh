# --label is a step of its own at the end.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
b build --label c=d -t localhost/x .
b build --layers --label c=d -t localhost/y .
b build --layers --label c=d -t localhost/y .
b inspect -t image --format '{{.OCIv1.Config.Labels.a}} {{.OCIv1.Config.Labels.c}}' localhost/x

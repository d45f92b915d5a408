# Names without a host are of this machine.
base
bq tag busybox a/b c/d:1 localhost/e docker.io/f quay.io/g/h:2
b images --format '{{.Name}}:{{.Tag}}'

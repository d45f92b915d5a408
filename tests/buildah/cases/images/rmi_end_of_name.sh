# A name may be said by its end.
base
bq tag busybox example.com/team/app:1
b rmi team/app:1
b images --format '{{.Name}}:{{.Tag}}'

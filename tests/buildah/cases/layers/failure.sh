# A step that fails leaves the images of those above.
base
printf 'FROM busybox\nRUN echo 1 >/f\nLABEL a=b\nRUN exit 7\n' >Containerfile
be build --layers -t localhost/x .
b images -a --format '{{.Name}}:{{.Tag}}'

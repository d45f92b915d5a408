# Of two names the first to go leaves all images.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
bq build --layers -t localhost/x -t localhost/y .
b rmi localhost/x
b images -a --format '{{.Name}}:{{.Tag}}'
b rmi localhost/y
b images -a --format '{{.Name}}:{{.Tag}}'

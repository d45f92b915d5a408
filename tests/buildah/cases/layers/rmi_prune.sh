# rmi --prune takes a nameless image with its steps.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
bq build --layers .
b images --format '{{.Name}}:{{.Tag}}'
b images --filter dangling=true --format '{{.Name}}:{{.Tag}}'
b rmi --prune
b images -a --format '{{.Name}}:{{.Tag}}'

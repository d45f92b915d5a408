# --no-cache with --layers makes all images anew.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
b build --layers .
b build --layers --no-cache .
b images -a --format '{{.Name}}:{{.Tag}}'

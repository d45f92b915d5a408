# rmi --all tells no IDs of images that others stood on.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
bq build --layers -t localhost/x .
b rmi --all
b images -a -q

# The same build again takes all steps from the cache.
base
printf 'FROM busybox\nENV a=b\nRUN echo 1 >/f\nLABEL c=d\n' >Containerfile
b build --layers -t localhost/x .
b build --layers -t localhost/x .
b build --layers .
b images -a --format '{{.Name}}:{{.Tag}}'

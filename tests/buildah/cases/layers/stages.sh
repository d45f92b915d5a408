# Steps of an earlier stage leave images as well.
base
printf 'FROM busybox AS one\nRUN echo 1 >/f\nFROM scratch\nCOPY --from=one /f /\nLABEL a=b\n' >Containerfile
b build --layers -t localhost/x .
b build --layers -t localhost/y .
b images --format '{{.Name}}:{{.Tag}}'

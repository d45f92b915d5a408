# A list does not take the name of an image.
base
printf 'FROM scratch\nLABEL a=1\n' >Containerfile
bq build -q --manifest busybox .
phrase 'docker.io/library/busybox:latest: image is not a manifest list'
bq build -q --manifest docker.io/library/busybox .
b images --format '{{.Name}}'
bq manifest create localhost/li
bq manifest annotate --index --annotation nothing localhost/li
phrase 'no "=" found in annotation "nothing"'
bq manifest add --annotation nothing localhost/li busybox
phrase 'no "=" found in annotation "nothing"'

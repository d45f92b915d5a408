# Values of --volume.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
be build -v /tmp .
be build -v /tmp:relative .
be build -v /tmp:/m:bad .
bq build -q -v /tmp:/m:ro .

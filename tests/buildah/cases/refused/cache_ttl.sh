# Values of --cache-ttl.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
be build --layers --cache-ttl x .
be build --layers --cache-ttl '' .
be build --layers --cache-ttl 1d .
bq build -q --layers --cache-ttl 1h .

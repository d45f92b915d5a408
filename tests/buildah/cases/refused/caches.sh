# Names of caches.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
be build --layers --cache-to UPPER .
be build --layers --cache-from UPPER .

# Values of --platform.
base
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
be build --platform '' .
be build --platform linux/amd64/v1/x .
be pull -q --platform bogus busybox
be pull -q --platform a/b/c/d busybox
be pull -q --platform '' busybox
be pull -q --platform linux/amd64 --arch arm64 busybox
bq from --platform linux/amd64 --arch amd64 busybox

# Values of --security-opt.
printf 'FROM scratch\nLABEL a=b\n' >Containerfile
be build --security-opt x .
be build --security-opt no=such .
bq build -q --security-opt seccomp=unconfined .

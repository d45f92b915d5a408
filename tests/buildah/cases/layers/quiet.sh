# --quiet prints the ID alone, with --layers as without.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >Containerfile
b build --layers -q .
b build --layers -q -t localhost/x .
b build -q .

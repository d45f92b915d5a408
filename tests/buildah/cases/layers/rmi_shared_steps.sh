# Images of steps stay as long as another image stands on them.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\n' >one
printf 'FROM scratch\nLABEL a=b\nLABEL c=other\n' >two
bq build --layers -f one -t localhost/one .
bq build --layers -f two -t localhost/two .
b images -a --format '{{.Name}}:{{.Tag}}'
b rmi localhost/one
b images -a --format '{{.Name}}:{{.Tag}}'
b rmi localhost/two
b images -a --format '{{.Name}}:{{.Tag}}'

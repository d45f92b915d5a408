# The last name of an image goes with the images of its steps.
printf 'FROM scratch\nLABEL a=b\nLABEL c=d\nLABEL e=f\n' >Containerfile
bq build --layers -t localhost/x .
b rmi localhost/x
b images -a --format '{{.Name}}:{{.Tag}}'

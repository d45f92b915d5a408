# Images of steps are no dangling ones.
base
printf 'FROM busybox\nRUN touch /a\nRUN touch /b\n' >Containerfile
bq build --layers -t localhost/x .
b images --filter dangling=true --format '{{.Name}}'
b images -a --filter dangling=true --format '{{.Name}}'
bq build --layers .
b images -a --filter dangling=true --format '{{.Name}}'
bq images --format ''
out_has REPOSITORY

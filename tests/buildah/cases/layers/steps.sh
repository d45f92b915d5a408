# Each step of a build with --layers shows the digits of its image.
base
printf 'FROM busybox\nENV a=b\nRUN echo 1 >/f\nCMD ["x"]\n' >Containerfile
b build --layers -t localhost/x .
b images -a --format '{{.Name}}:{{.Tag}}'
b images --format '{{.Name}}:{{.Tag}}'

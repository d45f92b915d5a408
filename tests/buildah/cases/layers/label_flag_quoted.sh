# Values of --label are taken as they are.
printf 'FROM scratch\n' >Containerfile
b build --label 'c=a "b" $HOME' -t localhost/x .
b inspect -t image --format '{{.OCIv1.Config.Labels.c}}' localhost/x
b build --label one=1 --label two=2 -t localhost/y .

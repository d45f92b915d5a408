# ONBUILD is done when a container is made, and is gone then.
base
echo text >file
c=$(b from --format docker busybox)
bq config --onbuild 'ENV a=1' --onbuild 'RUN touch /made /other' --onbuild 'COPY file /copied' --onbuild 'LABEL l=2' --onbuild 'USER user' --onbuild 'EXPOSE 80' "$c"
bq commit -q -f docker "$c" localhost/trigger
be from --name made localhost/trigger
b inspect --format '{{.Docker.Config.OnBuild}} {{.OCIv1.Config.User}} {{.OCIv1.Config.ExposedPorts}}' made
b run --user 0 made -- sh -c 'ls /made /other; cat /copied; echo $a'
bq commit -q -f docker made localhost/child
b inspect -t image --format '{{.Docker.Config.OnBuild}}' localhost/child
b from --name quiet -q localhost/trigger
bq config --onbuild 'BOGUS x' --onbuild 'RUN touch /tmp/behind' made
bq commit -q -f docker made localhost/odd
be from --name odd localhost/odd
b run odd ls /tmp/behind

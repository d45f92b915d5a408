# An entry for each kind of change, in Buildah's order.
base
h() { "$B" $G commit -q -f docker "$c" localhost/h >/dev/null; "$B" $G inspect -t image localhost/h </dev/null | jq -r '.OCIv1.history[2:][].created_by'; }
c=$(b from --format docker busybox)
bq config --add-history --label a=1 --label b=2 --env X=1 --user u "$c"
check h
c=$(b from --format docker busybox)
bq config --add-history --port 80 --port 81/udp --workingdir /w --cmd 'a b' "$c"
bq config --add-history --volume /x --volume /y --onbuild 'RUN a' --onbuild 'RUN b' "$c"
bq config --add-history --healthcheck 'CMD x' --healthcheck-timeout 7s --healthcheck-retries 4 "$c"
check h

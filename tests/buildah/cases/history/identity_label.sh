# The label that says what made an image.
base
printf 'FROM busybox\nRUN touch /f\nLABEL own=1\n' >Containerfile
keys() { "$B" $G inspect -t image "$1" </dev/null | jq -c '.OCIv1.config.Labels|keys'; }
k() { bq build -q -t localhost/x "$@" .; check keys localhost/x; }
k
k --identity-label=false
k --timestamp 1
k --timestamp 1 --identity-label
k --source-date-epoch 5
SOURCE_DATE_EPOCH=7 k
k --unsetlabel io.buildah.version
k --layers
c=$(b from localhost/x)
bq commit -q "$c" localhost/c; check keys localhost/c
bq commit -q --identity-label=false "$c" localhost/c; check keys localhost/c
s=$(b from scratch)
bq commit -q "$s" localhost/s; check keys localhost/s
bq commit -q --timestamp 3 "$s" localhost/s
check sh -c "$B $G inspect -t image localhost/s | jq -c '.OCIv1.config.Labels'"
printf 'FROM busybox\n' >Only
a=$(bq build -q -f Only .)
check test "$a" = "$(bq images -q --no-trunc busybox | cut -d: -f2)"

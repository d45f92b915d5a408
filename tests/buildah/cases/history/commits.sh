# What commit says of the base.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
base
c=$(b from busybox)
bq commit -q "$c" localhost/x
check h localhost/x
bq config --created-by 'by hand' --history-comment 'a note' "$c"
bq commit -q "$c" localhost/y
check h localhost/y

# --omit-history leaves all of it out.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
base
printf 'FROM busybox\nRUN echo 1 >/f\nLABEL a=b\n' >Containerfile
bq build --omit-history -t localhost/x .
check h localhost/x

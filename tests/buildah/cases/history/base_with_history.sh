# The first new entry says what the image is made from.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
base
printf 'FROM busybox\nLABEL a=b\nLABEL c=d\n' >Containerfile
bq build -t localhost/x .
check h localhost/x
printf 'FROM localhost/x\nLABEL e=f\n' >Containerfile
bq build -t localhost/y .
check h localhost/y

# The history of arg.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
printf 'FROM scratch\nARG b=1\nARG a\nLABEL x=$b\n' >Containerfile
bq build -t localhost/x .
check h localhost/x
bq build --layers -t localhost/y .
check h localhost/y

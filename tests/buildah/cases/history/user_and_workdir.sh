# The history of user and workdir.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
printf 'FROM scratch\nUSER 5:6\nWORKDIR /w/x\n' >Containerfile
bq build -t localhost/x .
check h localhost/x
bq build --layers -t localhost/y .
check h localhost/y

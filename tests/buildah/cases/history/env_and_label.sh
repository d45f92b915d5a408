# The history of env and label.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
printf 'FROM scratch\nENV a=b c="d e"\nLABEL x="$a" y=z\n' >Containerfile
bq build -t localhost/x .
check h localhost/x
bq build --layers -t localhost/y .
check h localhost/y

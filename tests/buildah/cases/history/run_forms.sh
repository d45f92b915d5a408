# The history of RUN with arguments, flags and in list form.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
base
printf 'FROM busybox\nARG z=1\nARG a=2\nRUN echo $a\nRUN ["echo", "x y"]\nRUN --network=none true\nRUN   echo   blanks\n' >Containerfile
bq build --layers -t localhost/x .
check h localhost/x
bq build --build-arg a=3 -t localhost/y .
check h localhost/y

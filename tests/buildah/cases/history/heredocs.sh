# The history of here-documents.
h() { "$B" $G inspect -t image "$1" | jq -c '.OCIv1.history[]|[.created_by,.empty_layer,.comment,.author]' | sed 's/[0-9a-f]\{64\}/HASH/g'; }
base
cat >Containerfile <<'X'
FROM busybox
RUN <<A
echo one
echo two
A
RUN cat <<B >/f
text
B
COPY <<C /g
more
C
X
bq build --layers -t localhost/x .
check h localhost/x

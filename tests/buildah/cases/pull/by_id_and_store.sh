# What the store has is found by its ID, and told of as a copy.
base
base
id=$("$B" $G images -q)
b pull -q "$id"
b pull -q --policy never "$id"
be pull containers-storage:busybox
bq pull containers-storage:nosuch
bq pull --all-tags oci:lay
phrase 'pulling all tags is not supported'
bq pull -q --policy always --signature-policy nosuch.json busybox
phrase nosuch.json

# Values that make no sense.
base
c=$(b from busybox)
bq commit -q --source-date-epoch never "$c" localhost/x
phrase 'parsing source date epoch "never"'
bq commit -q --timestamp never "$c" localhost/x
phrase 'invalid argument "never" for "--timestamp" flag'
bq commit -q --signature-policy nosuch.json "$c" localhost/x
phrase 'nosuch.json'
bq copy --timestamp never "$c" /etc/hostname /x
phrase 'parsing timestamp value "never"'

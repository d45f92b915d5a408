# Keys that are none.
base

openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null
openssl genrsa -out other.pem 2048 2>/dev/null; openssl rsa -in other.pem -pubout -out opub.pem 2>/dev/null

be push -q --encryption-key pub.pem busybox dir:a
be push -q --encryption-key jwe:nosuch.pem busybox dir:a
be push -q --encryption-key jwe:key.pem busybox dir:a
be push -q --encryption-key foo:pub.pem busybox dir:a
be pull -q --decryption-key nosuch.pem busybox
bq pull -q --decryption-key pub.pem busybox

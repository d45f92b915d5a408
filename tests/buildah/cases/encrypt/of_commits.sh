# commit and build encrypt as well.
base

openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null
openssl genrsa -out other.pem 2048 2>/dev/null; openssl rsa -in other.pem -pubout -out opub.pem 2>/dev/null

t() { jq -c '[.layers[].mediaType|endswith("+encrypted")]' "$1/manifest.json"; }
c=$(b from busybox)
bq commit -q --encryption-key jwe:pub.pem "$c" dir:a
check t a
bq commit -q --format docker --encryption-key jwe:pub.pem "$c" dir:b

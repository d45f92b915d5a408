# --encrypt-layer chooses layers.
base

openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null
openssl genrsa -out other.pem 2048 2>/dev/null; openssl rsa -in other.pem -pubout -out opub.pem 2>/dev/null

printf 'FROM busybox\nRUN echo 1 >/f\n' >Containerfile
bq build -q -t localhost/x .
t() { jq -c '[.layers[].mediaType|endswith("+encrypted")]' "$1/manifest.json"; }
bq push -q --encryption-key jwe:pub.pem --encrypt-layer 0 localhost/x dir:a
check t a
bq push -q --encryption-key jwe:pub.pem --encrypt-layer -1 localhost/x dir:b
check t b
bq push -q --encryption-key jwe:pub.pem --encrypt-layer 9 localhost/x dir:c
bq push -q --encryption-key jwe:pub.pem --encrypt-layer x localhost/x dir:c
phrase 'invalid argument "x" for "--encrypt-layer" flag'

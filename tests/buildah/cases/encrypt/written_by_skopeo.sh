# What skopeo encrypted is opened.
base

openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null
openssl genrsa -out other.pem 2048 2>/dev/null; openssl rsa -in other.pem -pubout -out opub.pem 2>/dev/null

bq push -q busybox oci:plain:x
check skopeo copy -q --insecure-policy --encryption-key jwe:pub.pem oci:plain:x oci:enc:x
bq rmi -a
bq pull -q oci:enc:x
bq pull -q --decryption-key other.pem oci:enc:x
bq pull -q --decryption-key key.pem oci:enc:x
bq from --name c --decryption-key key.pem oci:enc:x
b run c -- echo works

# skopeo opens what was encrypted here.
base

openssl genrsa -out key.pem 2048 2>/dev/null; openssl rsa -in key.pem -pubout -out pub.pem 2>/dev/null
openssl genrsa -out other.pem 2048 2>/dev/null; openssl rsa -in other.pem -pubout -out opub.pem 2>/dev/null

bq push -q --encryption-key jwe:pub.pem --encryption-key jwe:opub.pem busybox oci:enc:x
check skopeo copy -q --insecure-policy --decryption-key other.pem oci:enc:x oci:plain:x
check skopeo copy -q --insecure-policy --decryption-key key.pem oci:enc:x oci:plain:y

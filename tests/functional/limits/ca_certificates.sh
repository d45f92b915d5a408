# --ca-certificates: RUN trusts them, in each place where programs look; neither the image nor a later step has them.
. "$(dirname "$0")/../library.sh"
needs openssl
make_base
mkdir empty
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -subj "/CN=an authority of the test" -days 2 2>/dev/null
printf 'FROM base\nRUN mkdir -p /etc/ssl/certs /etc/pki/tls/certs && echo "own bundle" >/etc/ssl/certs/ca-certificates.crt && ln -s /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt\n' |
    builder build -q -t bundled -f - empty >quiet
both=$(echo "own bundle"; cat ca.pem)
look='cat /etc/ssl/certs/ca-certificates.crt >/seen; cat $SSL_CERT_FILE >/by-variable; cat /etc/pki/tls/certs/ca-bundle.crt >/by-link; echo $NODE_EXTRA_CA_CERTS $REQUESTS_CA_BUNDLE >/variables; cp /seen /tmp/c 2>/dev/null; true'
for isolation in oci chroot; do
    builder build -q --isolation $isolation --no-cache --ca-certificates ca.pem -t it -f - empty <<<"FROM bundled"$'\nENV REQUESTS_CA_BUNDLE=/mine\nRUN '"$look" >quiet
    for name in seen by-variable by-link; do assert_equal "$(file it /$name)" "$both" "$isolation: $name"; done
    assert_equal "$(file it /variables)" "/run/builder/ca-certificates.crt /mine"
    assert_equal "$(file it /etc/ssl/certs/ca-certificates.crt)" "own bundle"
    assert_lacks "$(layer it)" "run/builder" "the mount point is in the layer"
    assert_lacks "$(config it .config.Env)" CERT
done
# An image without a bundle.
builder build -q --ca-certificates ca.pem -t it -f - empty <<<$'FROM base\nRUN cat $CURL_CA_BUNDLE >/seen' >quiet
assert_equal "$(file it /seen)" "$(cat ca.pem)"
# They are in the step's key: with others, and without, it runs again.
again() { builder build --ca-certificates "$1" -f - empty <<<$'FROM base\nRUN cat $CURL_CA_BUNDLE >/seen' 2>&1; }
assert_contains "$(again ca.pem)" "Using cache"
cat ca.pem ca.pem >twice.pem
assert_lacks "$(again twice.pem)" "Using cache"
for bad in nosuch.pem key.pem empty; do
    assert_fails_with 125 builder build --ca-certificates $bad -f - empty <<<'FROM base'
    assert_contains "$output" "$bad"
done

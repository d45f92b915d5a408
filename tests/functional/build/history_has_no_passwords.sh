# The history of an image says what ADD brought, but not from where: an address may hold a user and a password.
. "$(dirname "$0")/../library.sh"
make_base
mkdir served empty && echo content >served/file
serve served
builder build -q -t it --build-arg PW=S3CRET -f - empty >/dev/null <<CONTAINERFILE
FROM base
ARG PW
ADD http://user:\${PW}@${url#http://}/file?signature=\${PW} /file
ADD http://literal:S3CRET@${url#http://}/file /other
CONTAINERFILE
history=$(config it '[.history[].created_by | select(contains("ADD"))] | map(sub("[0-9a-f]{64}"; "HEX"))')
assert_equal "$history" '["/bin/sh -c #(nop) ADD file:HEX in /file      ","/bin/sh -c #(nop) ADD file:HEX in /other      "]'
assert_lacks "$(config it '.history')" S3CRET

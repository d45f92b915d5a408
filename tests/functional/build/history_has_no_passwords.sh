# The history of an image has addresses as they are written, without user and password.
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
history=$(config it '[.history[].created_by | select(startswith("ADD"))]')
assert_equal "$history" "[\"ADD $url/file?signature=\${PW} /file\",\"ADD $url/file /other\"]"

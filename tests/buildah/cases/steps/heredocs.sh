# What is shown of here-documents.
base
cat >Containerfile <<'X'
FROM busybox
RUN <<A
echo one
A
RUN <<A

echo two
echo three
A
COPY <<B /f
text
B
COPY <<B <<C /d/
b
B
c
more
C
X
b build .

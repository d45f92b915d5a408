# A stage as the target.
base
printf 'FROM busybox AS one\nRUN echo 1 >/f\nFROM one AS two\nRUN echo 2 >/g\nFROM two\nRUN false\n' >Containerfile
b build --layers --target two .
b build --layers --target one .

# A changed step in the middle: cached above it, run below.
base
printf 'FROM busybox\nRUN echo 1 >/f\nRUN echo 2 >/g\nRUN echo 3 >/h\n' >Containerfile
b build --layers .
sed -i s/2/two/ Containerfile
b build --layers .

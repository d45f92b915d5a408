# Steps of triggers are shown without ONBUILD.
base
printf 'FROM busybox\nONBUILD ENV a=b\nONBUILD RUN echo $a\n' >Containerfile
bq build --format docker -t localhost/on .
printf 'FROM localhost/on\nRUN echo after $a\n' >Containerfile
b build .
printf 'FROM localhost/on\nLABEL a=b\n' >Containerfile
b build --layers .

# The sentence of a step that fails, by form.
base
for l in 'RUN exit 3' 'RUN ["sh","-c","exit 4"]' 'run   false' 'RUN nosuchprogram'; do
    printf 'FROM busybox\n%s\n' "$l" >Containerfile
    be build .
done

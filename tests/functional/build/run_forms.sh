# RUN in shell form, exec form, as a heredoc and as a heredoc with an interpreter; SHELL changes the shell.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
RUN echo $((1 + 1)) >/shell && \
    echo more >>/shell
RUN ["/bin/sh", "-c", "echo \"$0 $1\" >/exec", "one", "$HOME"]
RUN <<END
cd /root
pwd >/heredoc
END
RUN <<END
#!/bin/awk -f
BEGIN { print "awk" > "/script" }
END
SHELL ["/bin/sh", "-e", "-c"]
RUN false; echo unreachable
X
assert_fails_with 1 builder build .
sed -i '$d' Containerfile
builder build -q -t it . >/dev/null
assert_equal "$(file it /shell)" $'2\nmore'
assert_equal "$(file it /exec)" 'one $HOME'
assert_equal "$(file it /heredoc)" /root
assert_equal "$(file it /script)" awk

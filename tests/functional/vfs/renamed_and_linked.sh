# With copies (vfs), a folder that is renamed onto another one's name brings its own files and nothing of the other's, and names of one file
# in the layers below are seen as that.
source "$(dirname "$0")/../library.sh"
make_base
printf 'FROM base
RUN mkdir -p /app/v1/in /app/v2/in /p/v /q/v /d; echo old >/app/v1/bin; echo gone >/app/v1/only; echo new >/app/v2/bin; echo p >/p/v/a; echo q >/q/v/a; chmod 700 /q; \
    echo x >/d/a; ln /d/a /d/b; ln -s a /d/l
RUN test "$(stat -c %%h /d/a)" = 2 && rm -rf /app/v1 && mv /app/v2 /app/v1
RUN mv /p /t && mv /q /p && mv /t /q
RUN cp -a /d /copied && mv /d /moved
RUN rm /moved/b
' | build --storage-driver vfs -f - .
printf 'FROM it
RUN cat /app/v1/bin /p/v/a /q/v/a >/seen; ls /app/v1 >>/seen; ls /app >>/seen; stat -c %%a /p /q >>/seen; stat -c %%h /copied/a /copied/b /moved/a >>/seen; ls /moved >>/seen
' | build --storage-driver vfs -f - .
assert_equal "$(file it /seen)" "new
q
p
bin
in
v1
700
755
2
2
1
a
l"
# What became of the file's other name is no change of it.
assert_equal "$(layer it -2)" "moved folder 0755 0:0 0
moved/.wh.b file 0000 0:0 0"

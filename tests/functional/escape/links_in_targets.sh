# Links and ".." in the targets of COPY, ADD, WORKDIR, VOLUME and --mount stay inside the image
# (CVE-2018-15664, CVE-2024-9676, CVE-2025-54867).
. "$(dirname "$0")/../library.sh"
make_base
mkdir context target && echo text >context/file && tar --create --file context/archive.tar -C context file
build --compat-volumes --no-cache context <<CONTAINERFILE
FROM base
RUN ln -s / /up && ln -s /../../../../../../..$place/target /out && ln -s $place/target/made /dangling && mkdir -p /a && ln -s ../../../../../..$place /a/b
COPY file /up/../../../../copied
COPY file /out/file
COPY file /a/b/target/file
COPY file /dangling
ADD archive.tar /out/
WORKDIR /out/work
WORKDIR ../../../../../../../../above
RUN pwd >/where
VOLUME /out/volume /../../../volume
RUN --mount=type=tmpfs,target=/out/mounted --mount=type=cache,target=/a/b/target/cache touch /out/mounted/x /a/b/target/cache/x
RUN --mount=type=bind,target=/dangling-mount,source=file true
COPY --parents ./file /out/parents/
CONTAINERFILE
assert_equal "$(find target | sort)" target "the folder outside"
assert_equal "$(file it "$place/target/file")" text "it went to where the link leads inside"
assert_equal "$(file it /where)" /above
[[ ! -e /above && ! -e /volume && ! -e /copied ]] || fail "something was made outside"

# ADD of an archive: what is in it takes the place of what the image has under the same name, whatever that is; only folders
# are merged. A folder that the archive has no entry for is passed through: it stays as it is, and a link to it is followed.
# A file that is copied replaces no folder.
. "$(dirname "$0")/../library.sh"
make_base
mkdir context
"$python" - <<'PROGRAM'
import io, tarfile

def archive(name, *entries):
    with tarfile.open('context/' + name + '.tar', 'w') as tar:
        for path, kind, mode, target in entries:
            entry = tarfile.TarInfo(path)
            entry.type, entry.mode, entry.linkname, entry.mtime = kind, mode, target, 1000000000
            entry.uid = entry.gid = 7
            entry.devmajor, entry.devminor = 1, 3
            content = b'new' if kind == tarfile.REGTYPE else b''
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))

over = ('nothing', 'file', 'empty', 'full', 'link', 'folderlink', 'dangling', 'fifo')
for name, kind, mode, target in (('file', tarfile.REGTYPE, 0o640, ''), ('link', tarfile.SYMTYPE, 0o777, 'else'),
                                 ('hardlink', tarfile.LNKTYPE, 0o604, 'first'), ('fifo', tarfile.FIFOTYPE, 0o600, ''),
                                 ('device', tarfile.CHRTYPE, 0o620, '')):
    archive(name, ('first', tarfile.REGTYPE, 0o604, ''), *((path, kind, mode, target) for path in over))
folders = [(path, tarfile.DIRTYPE, 0o751, '') for path in over]
archive('folder', *folders, *((path + '/new', tarfile.REGTYPE, 0o640, '') for path in over))
archive('implied', *((path + '/new', tarfile.REGTYPE, 0o640, '') for path in ('nothing', 'empty', 'full', 'folderlink')))
archive('through-a-file', ('file/new', tarfile.REGTYPE, 0o640, ''))
# Through a link, one name of a file with two is taken by another file.
archive('crossing', ('folderlink/a', tarfile.REGTYPE, 0o640, ''), ('z', tarfile.LNKTYPE, 0o640, 'folderlink/a'),
        ('linked/a', tarfile.SYMTYPE, 0o777, 'else'))
PROGRAM
builder build -q -t scene -f - context >/dev/null <<'CONTAINERFILE'
FROM base
RUN mkdir -p /d/empty /d/full/sub /d/linked && cd /d && chmod 700 full && echo old >file && echo old >full/old && echo old >full/sub/old \
    && echo kept >linked/kept && chmod 711 linked && ln -s file link && ln -s linked folderlink && ln -s nowhere dangling && mkfifo fifo
CONTAINERFILE
# Adds archives in one step, and lists what is there then: type, mode, owner, and target or content.
add() { # ARCHIVE...
    builder build -q -t listed -f - context >/dev/null <<CONTAINERFILE
FROM scene
ADD ${*/%/.tar} /d/
RUN cd /d && for f in \$(find . | sort); do text=-; if [ -L \$f ]; then text=\$(readlink \$f); elif [ -f \$f ]; then text=\$(cat \$f); fi; \
    stat -c "%n %F %a %u \$text" \$f; done >/listed
CONTAINERFILE
    listing=$(file listed /listed)
}

for kind in 'file:regular file 640 7 new' 'link:symbolic link 777 7 else' 'hardlink:regular file 604 7 new' \
    'fifo:fifo 600 7 -' 'device:character special file 620 7 -'; do
    add "${kind%%:*}"
    for path in nothing file empty full link folderlink dangling fifo; do
        assert_line "$listing" "./$path ${kind#*:}"
        assert_lacks "$listing" "./$path/"
    done
    assert_line "$listing" "./linked/kept regular file 644 0 kept"
done
add folder
for path in nothing file empty full link folderlink dangling fifo; do
    assert_line "$listing" "./$path directory 751 7 -"
    assert_line "$listing" "./$path/new regular file 640 7 new"
done
# Of links to folders only the link went; folders were merged.
assert_line "$listing" "./linked directory 711 0 -"
assert_line "$listing" "./linked/kept regular file 644 0 kept"
assert_lacks "$listing" "./folderlink/kept"
assert_line "$listing" "./full/sub/old regular file 644 0 old"

# A folder that a file of the same step replaced does not come back with its files.
add file folder
assert_line "$listing" "./full/new regular file 640 7 new"
assert_lacks "$listing" "./full/old"
assert_lacks "$listing" "./full/sub"

add implied
assert_line "$listing" "./nothing directory 755 0 -"
assert_line "$listing" "./full directory 700 0 -"
assert_line "$listing" "./full/new regular file 640 7 new"
assert_line "$listing" "./folderlink symbolic link 777 0 linked"
assert_line "$listing" "./linked directory 711 0 -"
assert_line "$listing" "./linked/new regular file 640 7 new"
assert_line "$listing" "./linked/kept regular file 644 0 kept"
add crossing
assert_line "$listing" "./linked/a symbolic link 777 7 else"
assert_line "$listing" "./z regular file 640 7 new"
assert_fails_with 125 builder build -f - context <<<$'FROM scene\nADD through-a-file.tar /d/'
assert_contains "$output" "is no folder"

mkdir files && touch files/full
assert_fails_with 125 builder build -f - files <<<$'FROM scene\nCOPY full /d/'
assert_contains "$output" "cannot replace the folder '/d/full'"

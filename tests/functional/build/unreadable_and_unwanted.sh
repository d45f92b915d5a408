# What an ordinary user may not read is in nobody's way where no step wants it: ignored, beside a wildcard, left out by --exclude.
. "$(dirname "$0")/../library.sh"
an_ordinary_user with_one_id
mkdir -p context/DB context/sub/secret && echo s >context/DB/s && echo x >context/f && echo y >context/sub/y && echo z >context/sub/secret/z && echo k >context/key
cp /bin/busybox context/
chown -R 4711:4711 context && chown 0:0 context/DB context/key context/sub/secret && chmod 700 context/DB context/sub/secret && chmod 600 context/key
! in_users_place ls "$place/context/DB" 2>/dev/null || fail "the user may read the folder"
try() { # IGNORED LINE
    printf "%b" "$1" >context/.dockerignore && chmod 644 context/.dockerignore
    printf 'FROM scratch\n%b\n' "$2" >home/Containerfile
    user_builder build -q -t it -f "$place/home/Containerfile" "$place/context" 2>&1
}
try '' 'COPY f /f' >/dev/null
try 'DB\nkey\nsub/secret\n' 'COPY . /c' >/dev/null
try '*\n!f\n!sub/y\n' 'COPY . /c' >/dev/null
try '' 'COPY f* /f/' >/dev/null
try '' 'COPY --exclude=DB --exclude=key --exclude=sub/secret . /c' >/dev/null
! output=$(try '' 'COPY . /c') || fail "what may not be read is left out without a word"
assert_contains "$output" "permission denied"
grep -qE "'/(DB|sub/secret)'|'key'|'/key'" <<<"$output" || fail "the error names no place: $output"

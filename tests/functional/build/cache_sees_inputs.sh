# What a step reads or shows is in its key: each of these is built, changed, and built again.
. "$(dirname "$0")/../library.sh"
needs setfattr git
make_base
mkdir context
seen() { file it /seen; }

# Hard links between the files of a COPY.
mkdir context/links && echo x >context/links/a && ln context/links/a context/links/b
links=$'FROM base\nCOPY links /s\nRUN stat -c %h /s/a /s/b >/seen'
build context <<<"$links"
assert_equal "$(seen)" $'2\n2'
rm context/links/b && cp -p context/links/a context/links/b
build context <<<"$links"
assert_equal "$(seen)" $'1\n1'
rm context/links/b && ln context/links/a context/links/b
build context <<<"$links"
assert_equal "$(seen)" $'2\n2'

# Extended attributes of folders.
mkdir -p context/attributes/folder
attribute() { layer it | grep -c user.word || true; }
build context <<<$'FROM base\nCOPY attributes /x'
assert_equal "$(attribute)" 0
setfattr -n user.word -v 1 context/attributes/folder || skip "this file system has no user.* attributes"
build context <<<$'FROM base\nCOPY attributes /x'
assert_equal "$(attribute)" 1

# What lies in a context belongs to root in a mount too, whoever owns it here, with and without an ignore file.
mkdir context/owners && echo x >context/owners/file && chown -R 5:6 context/owners
for target in "" ,rw; do
    for ignored in "" nothing; do
        echo "$ignored" >context/.dockerignore
        build context <<<$'FROM base\nRUN --mount=type=bind,source=owners,target=/m'"$target"$' stat -c %u:%g /m /m/file >/seen'
        assert_equal "$(seen)" $'0:0\n0:0' "target '$target', ignored '$ignored'"
    done
done
rm context/.dockerignore

# ENV and ARG with the names of proxies.
for word in ENV ARG; do
    for value in a b; do
        build context <<<$'FROM base\n'"$word HTTP_PROXY=$value"$'\nRUN echo $HTTP_PROXY >/seen'
        assert_equal "$(seen)" "$value" "$word"
    done
done
# Those of the caller, which nothing declares, do not count.
build --build-arg HTTP_PROXY=one context <<<$'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/seen'
first=$(seen)
build --build-arg HTTP_PROXY=two context <<<$'FROM base\nRUN cat /proc/sys/kernel/random/uuid >/seen'
assert_equal "$(seen)" "$first"

# What a cache mount begins with.
for value in old new; do
    build_empty <<<$'FROM base\nRUN mkdir /x; echo '"$value >/x/f" && builder tag it side
    build_empty <<<$'FROM base\nRUN --mount=type=cache,from=side,source=/x,target=/m,id=k cat /m/f >/seen'
    assert_equal "$(seen)" "$value"
done

# The time of the folder of a VOLUME.
for time in 60 90; do
    build_empty --compat-volumes --timestamp "$time" <<<$'FROM base\nVOLUME /v'
    builder from -q --name "v$time" it >/dev/null
    assert_equal "$(builder run "v$time" stat -c %Y /v)" "$time"
    builder rm "v$time" >/dev/null
done

# The standard input.
for value in one two; do
    printf 'FROM base\nRUN cat >/seen\n' >Containerfile
    builder build -q -t it --stdin -f Containerfile empty <<<"$value" >/dev/null
    assert_equal "$(seen)" "$value"
done

# --exclude of an ADD from git.
new_repository repository.git && echo a >repository.git/a && echo b >repository.git/b && commit_all repository.git both
git -C repository.git update-server-info
serve_git "$place"
for excluded in a b; do
    kept=$([[ $excluded == a ]] && echo b || echo a)
    build_empty <<<$'FROM base\nADD --exclude='"$excluded $url/repository.git /g"
    assert_equal "$(file it /g/$kept)" "$kept"
    ! file it "/g/$excluded" >/dev/null 2>&1 || fail "/g/$excluded is there"
done

# What RUN --mount=type=bind shows looks as the source, the folder itself too, whether or not an ignore file makes it a copy.
. "$(dirname "$0")/../library.sh"
make_base
mkdir -p context/t && echo f >context/t/f && chmod 711 context/t && chmod 751 context && touch -d @1000000000 context/t/f context/t
for ignored in without with; do
    [[ $ignored == without ]] || echo nothing >context/.dockerignore
    touch -d @1000000000 context
    assert_contains "$(build_log --no-cache context <<<$'FROM base\nRUN --mount=type=bind,source=t,target=/mnt stat -c "[%a %Y]" /mnt /mnt/f')" $'[711 1000000000]' "$ignored"
    assert_contains "$(build_log --no-cache context <<<$'FROM base\nRUN --mount=type=bind,target=/mnt stat -c "[%a %Y]" /mnt')" $'[751 1000000000]' "$ignored, all of the context"
done

# What the tests with Podman share: sourced after library.sh. A Podman with a store and settings of its own.
# PODMAN and SKOPEO name other programs than those of the machine, such as newer ones.
export PODMAN_IGNORE_CGROUPSV1_WARNING=1
needs "${PODMAN:-podman}" jq

# its_own_podman: from here on podman, skopeo and builder read $place/storage.conf, and podman is one that can run here.
its_own_podman() {
    needs "${PODMAN:-podman}" runc
    export CONTAINERS_STORAGE_CONF=$place/storage.conf CONTAINERS_CONF=$place/containers.conf
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/podman"\nrunroot = "%s/podman-run"\n' "$place" "$place" >storage.conf
    # The limits that podman asks for by default may be above those of this host.
    cat >containers.conf <<END
[containers]
default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]
netns = "none"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "runc"
END
    [[ -z ${PODMAN_CONF:-} ]] || cp "$PODMAN_CONF" containers.conf
    podman info >podman.log 2>&1 || skip "podman does not work here: $(tail -1 podman.log)"
    podman_works=yes
}
podman() { command "${PODMAN:-podman}" "$@"; }
skopeo() { command "${SKOPEO:-skopeo}" "$@"; }

# published_store: a base, an image "it" of two more layers, and the store published.
published_store() {
    make_base
    its_own_podman
    builder setup podman --yes >setup.log 2>&1 || fail "$(cat setup.log)"
    build_empty <<<$'FROM base\nRUN echo first >/first && mkdir /folder && echo in >/folder/in\nRUN rm /first && rm -r /folder && mkdir /folder && echo second >/folder/second\nCMD ["cat", "/folder/second"]'
}

published=$place/store/podman
# What the tables say, through jq.
published_layers() { jq -cS "$1" "$published/overlay-layers/layers.json"; }
published_images() { jq -cS "$1" "$published/overlay-images/images.json"; }

before_exit() {
    if [[ -n ${podman_works:-} ]]; then podman rm --all --force >/dev/null 2>&1; fi
    if mountpoint --quiet "$place/podman/overlay"; then umount "$place/podman/overlay"; fi
}

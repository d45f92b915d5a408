# Every instruction that describes the image is in its configuration, in both formats.
. "$(dirname "$0")/../library.sh"
make_base
cat >Containerfile <<'X'
FROM base
MAINTAINER somebody
ENV A=1 B="two words"
LABEL l=v m="x y"
EXPOSE 80 53/udp 7000-7001
VOLUME ["/data", "/more"]
USER alice:staff
WORKDIR /srv
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=1m --start-period=2s --retries=4 CMD check it
ONBUILD RUN echo hi
SHELL ["/bin/ash", "-c"]
CMD run this
ENTRYPOINT ["/bin/enter"]
X
for format in oci docker; do
    builder build -q --no-cache --format $format -t it:$format . >/dev/null
    is() { assert_equal "$(config it:$format "$1")" "$2" "$format: $1"; }
    is .author '"somebody"'
    is '.config.Env[1:]' '["A=1","B=two words"]'
    is '.config.Labels|del(."io.buildah.version")' '{"l":"v","m":"x y"}'
    is '.config.ExposedPorts | keys' '["53/udp","7000/tcp","7001/tcp","80/tcp"]'
    is '.config.Volumes | keys' '["/data","/more"]'
    is '[.config.User, .config.WorkingDir, .config.StopSignal]' '["alice:staff","/srv","SIGQUIT"]'
    is '.config.Healthcheck | [.Test, .Interval, .Timeout, .StartPeriod, .Retries]' '[["CMD-SHELL","check it"],5000000000,60000000000,2000000000,4]'
    is .config.OnBuild '["RUN echo hi"]'
    is .config.Shell '["/bin/ash","-c"]'
    is .config.Cmd '["/bin/ash","-c","run this"]'
    is .config.Entrypoint '["/bin/enter"]'
    is '[.os, .rootfs.type]' '["linux","layers"]'
done

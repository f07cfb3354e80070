# The server and its CLI on Debian 12; scripts/image builds it with docker, podman or buildah. By hand:
#   docker build --tag runners .
ARG DEBIAN=docker.io/library/debian:bookworm-slim

# hadolint ignore=DL3006
FROM ${DEBIAN} AS build
WORKDIR /src
# The packages change seldom, so they come before the sources.
COPY scripts/setup scripts/setup
COPY scripts/lib/common.sh scripts/lib/common.sh
RUN scripts/setup build && rm -rf /var/lib/apt/lists/*
COPY . .
# What was compiled before is found again, here or in a cache that the builder brings along.
ENV CCACHE_DIR=/ccache CCACHE_BASEDIR=/src CCACHE_NOHASHDIR=1
RUN --mount=type=cache,target=/ccache \
  cmake --preset release \
  && cmake --build build/release --parallel "$(nproc)" --target runners runnersctl \
  && strip build/release/bin/runners build/release/bin/runnersctl

# hadolint ignore=DL3006
FROM ${DEBIAN}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="runners" \
      org.opencontainers.image.description="Registry of runners: registers them, gives them an OpenZiti identity, picks one for a workload" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY scripts/setup /opt/setup/setup
COPY scripts/lib/common.sh /opt/setup/lib/common.sh
RUN /opt/setup/setup runtime \
  && rm -rf /opt/setup /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old \
            /var/log/apt /var/log/dpkg.log
COPY --from=build /src/build/release/bin/runners /src/build/release/bin/runnersctl /usr/local/bin/
# By number, so that Kubernetes can see that it is not root. Nothing is written to the file system.
USER 65532:65532
EXPOSE 50051
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["runners", "healthcheck"]
ENTRYPOINT ["runners"]
CMD ["serve"]

# Built with the same steps as `make build`: Node the client, Go the binary. The
# final image holds the static binary, the authorities that the net trusts and an
# empty data folder, nothing else.

FROM node:20-bookworm-slim AS client
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Makefile ./
COPY static static
RUN make client

FROM golang:1.26-bookworm AS binary
ARG VERSION=image
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY Makefile ./
COPY cmd cmd
COPY rooms rooms
COPY signaling signaling
COPY static static
COPY --from=client /src/static/dist static/dist
RUN make binary VERSION="$VERSION" && mkdir -p /out/data && cp bin/sangdam /out/sangdam

FROM scratch
COPY --from=binary /out/sangdam /sangdam
COPY --from=binary --chown=65532:65532 /out/data /data
# Whom authorities, webhooks and mail servers are known by.
COPY --from=binary /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER 65532:65532
ENV SANGDAM_LISTEN=:8080 \
    SANGDAM_MEDIA_TCP=none \
    SANGDAM_DATA=/data
VOLUME /data
EXPOSE 8080/tcp 7000/udp
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/sangdam", "doctor", "--local"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/sangdam"]
CMD ["serve"]

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY tiktok2mqtt ./tiktok2mqtt
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && python -m venv /opt/tiktok2mqtt \
 && /opt/tiktok2mqtt/bin/pip install --no-cache-dir "$(echo /wheels/*.whl)[web]" \
 && /opt/tiktok2mqtt/bin/pip uninstall --yes pip

FROM python:3.13-slim
LABEL org.opencontainers.image.title="tiktok2mqtt" \
      org.opencontainers.image.description="Publishes TikTok LIVE events on MQTT, with Home Assistant discovery" \
      org.opencontainers.image.licenses="MIT"
# The root file system may be mounted read-only: Python writes no bytecode, and the daemon keeps its files in /data, which
# can be a bind mount or a named volume.
ENV PATH="/opt/tiktok2mqtt/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TIKTOK2MQTT_STATE_DIR=/data
COPY --from=build /opt/tiktok2mqtt /opt/tiktok2mqtt
WORKDIR /data
RUN chown 10001:10001 /data
# A numeric user, so that Kubernetes can verify that it is not root (runAsNonRoot).
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s --retries=3 CMD ["tiktok2mqtt", "health"]
ENTRYPOINT ["tiktok2mqtt"]
CMD ["run"]

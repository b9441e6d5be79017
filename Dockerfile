# zoom-emitter as a command: docker run --rm IMAGE check http://host.docker.internal:3000/webhooks/zoom
FROM python:3.13-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY emitter emitter
COPY contracts contracts
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim AS environment
ARG EXTRAS=zstd
COPY constraints.txt /constraints.txt
COPY --from=wheel /wheels /wheels
RUN python -m venv /opt/zoom-emitter \
    && /opt/zoom-emitter/bin/pip install --no-cache-dir --constraint /constraints.txt \
        "$(echo /wheels/*.whl)${EXTRAS:+[$EXTRAS]}" \
    && /opt/zoom-emitter/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN useradd --uid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin emitter \
    && install --directory --mode 1777 /data /project
COPY --from=environment /opt/zoom-emitter /opt/zoom-emitter
COPY ci/docker/health.py /opt/zoom-emitter/health.py
# `container` says that localhost is not the machine the user sits at; the rest are options of the commands.
ENV PATH=/opt/zoom-emitter/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    container=docker \
    ZOOM_EMITTER_DATABASE=/data/deliveries.sqlite \
    ZOOM_EMITTER_SERVE_HOST=0.0.0.0 \
    ZOOM_EMITTER_SAMPLE_RECEIVER_HOST=0.0.0.0
USER 10001
# Mount a folder with zoom-emitter.toml, payloads or reports at /project; the record is in /data.
WORKDIR /project
VOLUME /data
EXPOSE 4050 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "/opt/zoom-emitter/health.py"]
ENTRYPOINT ["zoom-emitter"]
CMD ["--help"]

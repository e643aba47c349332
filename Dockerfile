# LuminaLib's image. `docker compose up --build` runs it with everything around it; by itself it keeps SQLite and files in a volume:
#   docker build -t luminalib . && docker run --rm -p 127.0.0.1:8000:8000 -v luminalib:/app/data luminalib

FROM python:3.12-slim-bookworm AS build
ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PROJECT_ENVIRONMENT=/opt/venv \
    UV_PYTHON=/usr/local/bin/python3 \
    UV_PYTHON_DOWNLOADS=never
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check --root-user-action=ignore uv==0.13.8
WORKDIR /src
# First what the lock file names, so that a change of the source does not install it again; without the packages' own tests (70 MB).
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    uv sync --locked --no-dev --no-install-project \
    && find /opt/venv -type d -name tests -prune -exec rm -r {} +
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-dev --no-editable

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="LuminaLib" \
      org.opencontainers.image.description="A self-hosted library server that has read its books." \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 luminalib \
    && useradd --system --uid 10001 --gid luminalib --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin luminalib \
    && install --directory --owner=luminalib --group=luminalib --mode=0750 /app/data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LUMINALIB_DATA_DIR=/app/data
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# http.client, because urllib would ask a proxy that Docker may have put into the environment.
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=5); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["luminalib"]
CMD ["serve", "--host", "0.0.0.0"]

# The application alone; docker-compose.yml puts the database and TLS-ready nginx beside it.
FROM python:3.11-slim-bookworm AS environment
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_NO_CACHE=1
WORKDIR /app
RUN python -m venv .venv
COPY scripts/uv.lock scripts/uv.lock
RUN .venv/bin/pip install --require-hashes -r scripts/uv.lock
COPY requirements.lock ./
RUN .venv/bin/uv pip sync --python .venv/bin/python --require-hashes requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY gis gis
COPY layers layers
COPY dispatch dispatch
COPY wall_ui wall_ui
RUN .venv/bin/uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable . \
  && .venv/bin/python -m compileall -q gis layers dispatch wall_ui

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin wall \
  && install -d -o wall /var/lib/wall
COPY --from=environment /app /app
WORKDIR /app
USER wall
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 WALL_HOST=0.0.0.0 WALL_VAR=/var/lib/wall
EXPOSE 8050
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8050/readyz', timeout=4)"]
CMD ["wall", "serve"]

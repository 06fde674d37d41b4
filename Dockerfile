# Sandboxes of the bundled contracts, or of those named after the command; its root may be read-only:
#   docker run --read-only -e UNDERSTUDY_ADMIN_TOKEN=choose-one -p 127.0.0.1:8000:8000 -v "$PWD:/contracts:ro" understudy serve openapi.yaml
# The checks of this repository lint this file and run its health check; no image is built there.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY specs specs
RUN python -m venv /opt/understudy && /opt/understudy/bin/pip install --no-cache-dir --compile ".[redis]"

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 understudy && install --directory --owner=10001 --group=10001 /state
COPY --from=build /opt/understudy /opt/understudy
# Others reach it here, so the admin API asks for a token: UNDERSTUDY_ADMIN_TOKEN has to be set. What is read of contracts is
# not kept between two starts, so that nothing is written but what --store names, such as sqlite:////state/sandbox.db.
ENV PATH=/opt/understudy/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    UNDERSTUDY_HOST=0.0.0.0 UNDERSTUDY_PORT=8000 UNDERSTUDY_CACHE=
USER 10001:10001
WORKDIR /contracts
EXPOSE 8000
VOLUME /state
# It asks where the first process listens: by its command line, the environment and a file of options.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 CMD ["python", "-m", "understudy.cli.health"]
ENTRYPOINT ["understudy"]
CMD ["serve"]

# A sandbox of the bundled contracts, or of those named after the image: docker run -p 8000:8000 -v "$PWD:/contracts:ro" understudy serve ... openapi.yaml
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY specs specs
RUN python -m venv /opt/understudy && /opt/understudy/bin/pip install --no-cache-dir .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 understudy
COPY --from=build /opt/understudy /opt/understudy
ENV PATH=/opt/understudy/bin:$PATH PYTHONUNBUFFERED=1
USER understudy
WORKDIR /contracts
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=5 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/__admin/health', timeout=2)"]
# Reached from other hosts, so the admin API asks for a token: UNDERSTUDY_ADMIN_TOKEN has to be set.
ENTRYPOINT ["understudy"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]

# Two stages: uv installs exactly what uv.lock says, the image that runs has neither uv nor a compiler.
FROM python:3.12-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-cache --compile-bytecode

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 touchline
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY . .
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOUCHLINE_VAR=/app/var
# Whoever runs it may not write here, and would compile at every start.
RUN python -m compileall -q manage.py config accounts playbooks journeys customers touchpoints
# collectstatic needs settings, not secrets: the key is for this one command.
RUN mkdir var && SECRET_KEY=build-only DATABASE_URL=postgresql://build python manage.py collectstatic --noinput && chown -R touchline var
USER touchline
EXPOSE 8000
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--timeout-graceful-shutdown", "3", "--proxy-headers", "--forwarded-allow-ips", "*"]

# One image for worker, gateway and command line. `--target local-ai` is another: the inference server of the local stack.
#
# Behind a proxy that signs TLS itself, give the build its certificates; they do not become part of an image:
#   docker build --secret id=certificates,src=/etc/ssl/certs/ca-certificates.crt .

# The Node that package.json pins for its scripts.
ARG NODE_VERSION=24.21.0

# --- npm's packages -----------------------------------------------------------------------------------------------------
FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=certificates \
    if [ -f /run/secrets/certificates ]; then export NODE_EXTRA_CA_CERTS=/run/secrets/certificates; fi; \
    npm ci && rm -rf /root/.npm node_modules/node-linux-*

# --- The page and the workflow bundle -----------------------------------------------------------------------------------
FROM packages AS build
COPY . .
RUN npm run -s build && npm run -s bundle
# What runs needs no package that only builds, tests or the local stack use.
RUN npm prune --omit=dev --offline && rm -rf node_modules/node-linux-*

# --- The models of the inference server ---------------------------------------------------------------------------------
FROM packages AS models
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates python3 python3-venv
COPY local local
COPY adapters adapters
RUN --mount=type=secret,id=certificates \
    if [ -f /run/secrets/certificates ]; then export PIP_CERT=/run/secrets/certificates; fi; \
    HANSARD_HOME=/opt/hansard node local/install-models.ts && rm -rf /root/.cache /opt/hansard/locks

# --- What both images stand on ------------------------------------------------------------------------------------------
FROM node:${NODE_VERSION}-bookworm-slim AS base
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates ffmpeg \
    && rm -rf /var/lib/apt/lists/*
# The only folder that is written: recordings while they are worked on, and caches. A volume belongs there.
RUN install -d -o node -g node -m 0700 /var/lib/hansard /var/lib/hansard/home /var/lib/hansard/tmp
COPY deploy/hansard deploy/answers /usr/local/bin/
ENV NODE_ENV=production \
    HANSARD_HOME=/var/lib/hansard/home \
    TMPDIR=/var/lib/hansard/tmp
WORKDIR /app

# --- The inference server of the local stack: Whisper, voices told apart, pictures; no account and no network -------------
FROM base AS local-ai
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=models /opt/hansard /opt/hansard
COPY --from=packages /app ./
COPY local local
COPY adapters adapters
COPY activities activities
COPY workflows workflows
ENV HANSARD_PYTHON=/opt/hansard/venv/bin/python \
    HANSARD_WHISPER_MODEL=/opt/hansard/models/whisper-base \
    HANSARD_SPEAKER_MODELS=/opt/hansard/models/speakers-1 \
    HF_HUB_OFFLINE=1
USER node
CMD ["node", "local/inference-server/main.ts", "--host", "0.0.0.0"]

# --- Hansard ------------------------------------------------------------------------------------------------------------
FROM base AS hansard
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/workflows workflows
COPY --from=build /app/adapters adapters
COPY --from=build /app/activities activities
COPY --from=build /app/workers workers
COPY --from=build /app/client client
COPY --from=build /app/local/hansard.yaml local/
COPY --from=build /app/dist dist
# As `npm run worker`: memory that the worker no longer uses goes back to the machine.
ENV HANSARD_WORKFLOW_BUNDLE=/app/dist/workflow-bundle.js \
    HANSARD_GATEWAY_HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072
USER node
CMD ["hansard", "--help"]

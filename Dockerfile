# Builds Thermocline in one stage and runs it in another without compilers, as a user who can only write to /data.
FROM node:22-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# Cached layer: dependencies change less often than the code.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
# glibc returns free memory to the system: docs/performance.md says how much that is, and that it costs no measurable CPU time.
ENV NODE_ENV=production \
    MALLOC_TRIM_THRESHOLD_=131072 \
    THERMOCLINE_HOST=0.0.0.0 \
    THERMOCLINE_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/deploy ./deploy
COPY --from=build /app/migrations ./migrations
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8020
# /readyz fails if the store cannot read or write.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(/^\\d+$/.test(process.env.THERMOCLINE_PORT)?process.env.THERMOCLINE_PORT:8020)+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# Signals reach the process itself, which finishes accepted requests before it exits.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/main.js"]
CMD ["serve"]

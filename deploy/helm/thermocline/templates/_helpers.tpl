{{- define "thermocline.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "thermocline.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "thermocline.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "thermocline.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "thermocline.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "thermocline.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "thermocline.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "thermocline.rulesConfigMap" -}}
{{- if .Values.rulesConfigMap -}}
{{- .Values.rulesConfigMap -}}
{{- else if .Values.rules -}}
{{- printf "%s-rules" (include "thermocline.fullname" .) -}}
{{- end -}}
{{- end -}}

{{- /* What all roles have: environment, security, scheduling. Called with root, role and values. */ -}}
{{- define "thermocline.env" -}}
{{- if .Values.clickhouse.passwordSecret.name }}
- name: THERMOCLINE_CLICKHOUSE_PASSWORD
  valueFrom:
    secretKeyRef: { name: {{ .Values.clickhouse.passwordSecret.name }}, key: {{ .Values.clickhouse.passwordSecret.key }} }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "thermocline.podSpec" -}}
serviceAccountName: {{ include "thermocline.serviceAccount" . }}
automountServiceAccountToken: false
# Variables of Services, such as THERMOCLINE_PORT=tcp://…, would look like settings.
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
# The server finishes accepted requests within seconds.
terminationGracePeriodSeconds: 30
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "thermocline.scheduling" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "thermocline.containerSecurity" -}}
readOnlyRootFilesystem: true
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "thermocline.probes" -}}
# /healthz answers while a migration or a disk takes long; /readyz fails while the store cannot read or write.
startupProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 2, failureThreshold: 30 }
livenessProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 10, failureThreshold: 6 }
readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 5, timeoutSeconds: 5 }
{{- end -}}

{{- define "thermocline.authorityMount" -}}
{{- if .Values.clickhouse.authoritySecret.name }}
- { name: authority, mountPath: /etc/thermocline/clickhouse, readOnly: true }
{{- end }}
{{- end -}}

{{- define "thermocline.authorityVolume" -}}
{{- if .Values.clickhouse.authoritySecret.name }}
- name: authority
  secret: { secretName: {{ .Values.clickhouse.authoritySecret.name }} }
{{- end }}
{{- end -}}

{{- define "thermocline.check" -}}
{{- if and (eq .Values.store "clickhouse") (not .Values.clickhouse.url) -}}
{{- fail "clickhouse.url: required with store: clickhouse, such as https://clickhouse.internal:8443" -}}
{{- end -}}
{{- if and (eq .Values.store "sqlite") (or (gt (int .Values.ingest.replicas) 0) (gt (int .Values.derive.replicas) 0)) -}}
{{- fail "ingest.replicas and derive.replicas: expected 0 with store: sqlite. Workers share a store, which is ClickHouse" -}}
{{- end -}}
{{- $own := list "THERMOCLINE_DATA" "THERMOCLINE_HOST" "THERMOCLINE_PORT" "THERMOCLINE_HOST_NAMES" "THERMOCLINE_STORE" "THERMOCLINE_RULES" -}}
{{- if .Values.ingress.enabled -}}
{{- $own = concat $own (list "THERMOCLINE_PUBLIC_URL" "THERMOCLINE_TRUST_PROXY") -}}
{{- end -}}
{{- range $key, $value := .Values.settings -}}
{{- if or (has $key $own) (hasPrefix "THERMOCLINE_CLICKHOUSE_" $key) -}}
{{- fail (printf "settings.%s: the chart sets it from other values" $key) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.rules .Values.rulesConfigMap -}}
{{- fail "rules and rulesConfigMap: expected one of them" -}}
{{- end -}}
{{- end -}}

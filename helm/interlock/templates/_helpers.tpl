{{/* Names are fixed: the gate, roles, certificates and the program itself name each other, and a cluster has one Interlock. */}}

{{/* Labels of every object. Not of Pods: a new version of the chart alone must not restart them. */}}
{{- define "interlock.labels" -}}
app.kubernetes.io/part-of: interlock
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* One document of a file of deploy/ or crds/ as it stands there, comments included; only its metadata is written anew, with the labels above
     and with annotations. Of (dict "root" $ "text" … "annotations" …). The metadata is a block of its own at the left margin: up to the next
     line that begins there. */}}
{{- define "interlock.document" -}}
{{- $metadata := (fromYaml .text).metadata -}}
{{- $_ := set $metadata "labels" (merge (dict) (default (dict) $metadata.labels) (include "interlock.labels" .root | fromYaml)) -}}
{{- with .annotations -}}
{{- $_ := set $metadata "annotations" (merge (dict) (default (dict) $metadata.annotations) .) -}}
{{- end -}}
{{- regexReplaceAllLiteral "(?m)^metadata:.*\n(?:[ ].*\n)*" (printf "%s\n" (trim .text)) (printf "%s\n" (toYaml (dict "metadata" $metadata))) -}}
{{- end }}

{{- define "interlock.image" -}}
{{- with .Values.image -}}
{{- with .registry }}{{ . }}/{{ end }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* How many of (dict "root" $ "half" "webhook"). */}}
{{- define "interlock.replicas" -}}
{{- $said := (index .root.Values .half).replicas -}}
{{- if kindIs "invalid" $said -}}
{{ ternary 2 1 (eq .root.Values.ledger.engine "postgresql") }}
{{- else -}}
{{ int $said }}
{{- end -}}
{{- end }}

{{/* Whether the webhook gets a PodDisruptionBudget: "true" or empty. */}}
{{- define "interlock.budget" -}}
{{- $said := .Values.webhook.podDisruptionBudget.enabled -}}
{{- $several := gt (int (include "interlock.replicas" (dict "root" . "half" "webhook"))) 1 -}}
{{- if ternary $several $said (kindIs "invalid" $said) }}true{{ end -}}
{{- end }}

{{/* Labels by which Services, budgets and spreading find the Pods of a half. With files both halves are one Pod. Pods of Jobs must never have
     them: the Service would lead the API server to those. */}}
{{- define "interlock.selector" -}}
app.kubernetes.io/name: interlock
{{- if eq .root.Values.ledger.engine "postgresql" }}
app.kubernetes.io/component: {{ .half }}
{{- end }}
{{- end }}

{{/* What all Pods of (dict "root" $ "half" …) have, without containers and volumes. */}}
{{- define "interlock.pod" -}}
{{- $pod := .root.Values.pod -}}
serviceAccountName: {{ ternary (printf "interlock-%s" .half) "interlock" (eq .root.Values.ledger.engine "postgresql") }}
automountServiceAccountToken: true
enableServiceLinks: false
terminationGracePeriodSeconds: 30 # goes on answering until everybody has heard, then closes the ledger
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pod.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if eq .root.Values.ledger.engine "postgresql" }}
{{- with $pod.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml . | nindent 4 }}
    labelSelector:
      matchLabels:
        {{- include "interlock.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "interlock.podMetadata" -}}
labels:
  {{- include "interlock.selector" . | nindent 2 }}
  {{- with .root.Values.pod.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .root.Values.pod.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "interlock.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "interlock.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
capabilities: {drop: [ALL]}
{{- end }}

{{/* A variable whose value is empty is left to the program's default. Of (list NAME value). */}}
{{- define "interlock.setting" -}}
{{- $value := index . 1 -}}
{{- if not (or (kindIs "invalid" $value) (eq (toString $value) "")) -}}
- {name: {{ index . 0 }}, value: {{ toString $value | quote }}}
{{- end -}}
{{- end }}

{{/* Variables that tell where the ledger is. Of (dict "root" $ "secret" name). */}}
{{- define "interlock.database" -}}
- name: INTERLOCK_DATABASE_URL
{{- if .root.Values.ledger.postgresql.url }}
  value: {{ .root.Values.ledger.postgresql.url | quote }}
{{- else }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: url}}
{{- end }}
- name: INTERLOCK_DATABASE_USER
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: user}}
- name: INTERLOCK_DATABASE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: password}}
{{- end }}

{{/* The container of a half: (dict "root" $ "half" "webhook"). As in deploy/, where it is, whatever the topology. */}}
{{- define "interlock.container" -}}
{{- $values := index .root.Values .half -}}
{{- $webhook := eq .half "webhook" -}}
{{- $files := ne .root.Values.ledger.engine "postgresql" -}}
{{- $port := ternary "operator" "management" (and $files (not $webhook)) -}}
- name: {{ .half }}
  image: {{ include "interlock.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [{{ .half }}]
  env:
    {{- if $files }}
    - {name: INTERLOCK_DATA_DIRECTORY, value: /var/lib/interlock}
    {{- else }}
    {{- include "interlock.database" (dict "root" .root "secret" (index .root.Values.ledger.postgresql .half).existingSecret) | nindent 4 }}
    {{- end }}
    {{- if $webhook }}
    - {name: INTERLOCK_WEBHOOK_PORT, value: "9443"}
    {{- end }}
    - {name: INTERLOCK_WEBHOOK_NAMES, value: interlock-webhook.interlock-system.svc} # what certificates are made for, and what is asked for
    - name: INTERLOCK_NAMESPACE
      valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
    - name: INTERLOCK_REPLICA # names the Lease of a webhook
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
    {{- if $webhook }}
    - name: INTERLOCK_POD_UID # owns its Lease, so that the Lease goes with the Pod
      valueFrom: {fieldRef: {fieldPath: metadata.uid}}
    {{- end }}
    - {name: QUARKUS_MANAGEMENT_PORT, value: {{ ternary "9001" "9000" (eq $port "operator") | quote }}} # the containers of a Pod share its ports
    {{- if $webhook }}
    {{- with include "interlock.setting" (list "INTERLOCK_WEBHOOK_DRAIN" .root.Values.webhook.drain) }}{{ . | nindent 4 }}{{ end }}
    {{- with include "interlock.setting" (list "INTERLOCK_ROLLBACK_WINDOW" .root.Values.webhook.rollbackWindow) }}{{ . | nindent 4 }}{{ end }}
    {{- with .root.Values.webhook.caller }}
    {{- if .authorityConfigMap }}
    - {name: INTERLOCK_WEBHOOK_CLIENT_AUTHORITY, value: /etc/interlock/caller/authority.pem}
    {{- with include "interlock.setting" (list "INTERLOCK_WEBHOOK_CLIENT_NAMES" (join "," .names)) }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- end }}
    {{- else }}
    {{- with include "interlock.setting" (list "INTERLOCK_RECORDS_PER_SECOND" .root.Values.operator.recordsPerSecond) }}{{ . | nindent 4 }}{{ end }}
    {{- with include "interlock.setting" (list "INTERLOCK_CERTIFICATES_AUTHORITY_VALIDITY" .root.Values.operator.certificates.authorityValidity) }}{{ . | nindent 4 }}{{ end }}
    {{- with include "interlock.setting" (list "INTERLOCK_CERTIFICATES_SERVING_VALIDITY" .root.Values.operator.certificates.servingValidity) }}{{ . | nindent 4 }}{{ end }}
    {{- end }}
    {{- with $values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    {{- if $webhook }}
    - {name: https, containerPort: 9443}
    {{- end }}
    - {name: {{ $port }}, containerPort: {{ ternary 9001 9000 (eq $port "operator") }}}
  startupProbe:
    httpGet: {path: /health/live, port: {{ $port }}}
    periodSeconds: 1
    failureThreshold: 120 # a ledger that needs recovery after a crash opens slowly
  {{- if $webhook }}
  readinessProbe:
    httpGet: {path: /health/ready, port: {{ $port }}}
    periodSeconds: 2
    timeoutSeconds: 2
    failureThreshold: 2
  {{- end }}
  # An operator has no readiness: one that does not run must not take the webhook of its Pod out of its Service, and one that waits for its turn
  # is as it should be.
  livenessProbe: # lenient: a restart mends a hung process, not a slow disk or an absent API server
    httpGet: {path: /health/live, port: {{ $port }}}
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  resources:
    {{- toYaml $values.resources | nindent 4 }}
  securityContext:
    {{- include "interlock.containerSecurityContext" .root | nindent 4 }}
  volumeMounts:
    {{- if $files }}
    - {name: data, mountPath: /var/lib/interlock}
    {{- end }}
    - {name: {{ ternary "operator-tmp" "tmp" (eq $port "operator") }}, mountPath: /tmp}
    {{- if and $webhook .root.Values.webhook.caller.authorityConfigMap }}
    - {name: caller, mountPath: /etc/interlock/caller, readOnly: true}
    {{- end }}
{{- end }}

{{/* The volume with the authority that signs the API server's client certificate. */}}
{{- define "interlock.callerVolume" -}}
{{- with .Values.webhook.caller -}}
{{- if .authorityConfigMap -}}
- name: caller
  configMap: {name: {{ .authorityConfigMap }}, items: [{key: {{ .authorityKey }}, path: authority.pem}]}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The Pod of a command that ends, for Jobs and tests: (dict "root" $ "account" name "args" list "env" text). */}}
{{- define "interlock.commandPod" -}}
restartPolicy: Never
{{- if .account }}
serviceAccountName: {{ .account }}
automountServiceAccountToken: true
{{- else }}
automountServiceAccountToken: false
{{- end }}
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.pod.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.pod.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "interlock.podSecurityContext" .root | nindent 2 }}
containers:
  - name: command
    image: {{ include "interlock.image" .root }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ toJson .args }}
    {{- with .env }}
    env:
      {{- . | nindent 6 }}
    {{- end }}
    resources:
      requests: {cpu: 100m, memory: 256Mi}
      limits: {memory: 256Mi}
    securityContext:
      {{- include "interlock.containerSecurityContext" .root | nindent 6 }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
{{- end }}

{{/* Labels of the Pods of Jobs and tests: none that a Service selects. */}}
{{- define "interlock.commandLabels" -}}
app.kubernetes.io/name: interlock-command
app.kubernetes.io/part-of: interlock
{{- end }}

{{/* A duration such as 90d, 45s or 500ms in whole seconds. */}}
{{- define "interlock.seconds" -}}
{{- if hasSuffix "ms" . }}{{ div (int64 (trimSuffix "ms" .)) 1000 }}
{{- else if hasSuffix "d" . }}{{ mul (int64 (trimSuffix "d" .)) 86400 }}
{{- else if hasSuffix "h" . }}{{ mul (int64 (trimSuffix "h" .)) 3600 }}
{{- else if hasSuffix "m" . }}{{ mul (int64 (trimSuffix "m" .)) 60 }}
{{- else }}{{ trimSuffix "s" . }}{{ end }}
{{- end }}

package dev.interlock.drift;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.decision.Fixture;
import dev.interlock.workload.Content;
import dev.interlock.workload.Node;
import dev.interlock.workload.ObjectRef;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A Deployment as an API server keeps it, its managers, edits of it, and a ledger of a few decisions.
public final class DriftFixture {
    static final String UID = "uid-1";
    static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();

    static final Node.Obj DEPLOYMENT = object("""
            {"apiVersion": "apps/v1", "kind": "Deployment",
             "metadata": {
               "name": "checkout", "namespace": "shop", "uid": "uid-1", "resourceVersion": "7", "generation": 3,
               "creationTimestamp": "2026-01-01T00:00:00Z",
               "annotations": {"deployment.kubernetes.io/revision": "3"},
               "labels": {"app": "checkout", "app.kubernetes.io/part-of": "shop"}},
             "spec": {
               "replicas": 2, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
               "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}},
               "selector": {"matchLabels": {"app": "checkout"},
                 "matchExpressions": [{"key": "tier", "operator": "In", "values": ["web", "api"]},
                                      {"key": "app", "operator": "Exists"}]},
               "template": {
                 "metadata": {"creationTimestamp": null, "labels": {"app": "checkout", "tier": "web"}},
                 "spec": {
                   "serviceAccountName": "checkout", "restartPolicy": "Always", "dnsPolicy": "ClusterFirst",
                   "securityContext": {"runAsNonRoot": true,
                     "sysctls": [{"name": "net.core.somaxconn", "value": "1024"}, {"name": "a", "value": "1"}]},
                   "imagePullSecrets": [{"name": "registry"}, {"name": "mirror"}],
                   "hostAliases": [{"ip": "10.0.0.2", "hostnames": ["b"]}, {"ip": "10.0.0.1", "hostnames": ["a"]}],
                   "tolerations": [{"key": "spot", "operator": "Exists"}, {"key": "arm", "operator": "Exists"}],
                   "topologySpreadConstraints": [
                     {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"},
                     {"maxSkew": 1, "topologyKey": "host", "whenUnsatisfiable": "ScheduleAnyway"}],
                   "volumes": [{"name": "tmp", "emptyDir": {}},
                               {"name": "config", "configMap": {"name": "checkout", "defaultMode": 420}}],
                   "initContainers": [{"name": "migrate", "image": "registry.example.com/migrate@sha256:aa"},
                                      {"name": "warm", "image": "registry.example.com/warm@sha256:bb"}],
                   "containers": [
                     {"name": "app", "image": "registry.example.com/checkout@sha256:cc",
                      "imagePullPolicy": "IfNotPresent", "command": ["/app"], "args": ["serve", "--port=8080"],
                      "env": [{"name": "REGION", "value": "eu"}, {"name": "COLOUR", "value": "blue"},
                              {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "checkout", "key": "token"}}}],
                      "envFrom": [{"configMapRef": {"name": "one"}}, {"configMapRef": {"name": "two"}}],
                      "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"},
                                {"name": "admin", "containerPort": 9090, "protocol": "TCP"}],
                      "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "1Gi"}},
                      "securityContext": {"allowPrivilegeEscalation": false,
                        "capabilities": {"drop": ["NET_RAW", "ALL"], "add": ["SYS_TIME", "CHOWN"]}},
                      "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"},
                                       {"name": "config", "mountPath": "/etc/app", "readOnly": true}]},
                     {"name": "log", "image": "registry.example.com/log@sha256:dd",
                      "env": [{"name": "BASE", "value": "/var"}, {"name": "DIR", "value": "$(BASE)/log"}]}]}}},
             "status": {"replicas": 2}}
            """);

    /// kubectl owns what was written, the controller manager what it notes down.
    static final Managers MANAGERS = managers("kubectl", """
            {"f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:app.kubernetes.io/part-of": {}}},
             "f:spec": {
               "f:replicas": {}, "f:revisionHistoryLimit": {}, "f:selector": {},
               "f:strategy": {"f:type": {}, "f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}},
               "f:template": {
                 "f:metadata": {"f:labels": {".": {}, "f:app": {}, "f:tier": {}}},
                 "f:spec": {
                   "f:serviceAccountName": {}, "f:tolerations": {},
                   "f:containers": {"k:{\\"name\\":\\"app\\"}": {".": {}, "f:name": {}, "f:image": {}, "f:args": {},
                     "f:ports": {".": {}, "k:{\\"containerPort\\":8080,\\"protocol\\":\\"TCP\\"}": {
                       ".": {}, "f:containerPort": {}, "f:name": {}}}}}}}}}
            """);

    static final String APP = "/spec/template/spec/containers/0";

    private DriftFixture() {}

    public static Node node(String json) {
        try {
            return node(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a fixture that is no JSON", e);
        }
    }

    static Node.Obj object(String json) {
        return node(json).asObject("fixture");
    }

    private static Node node(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Node> members = new HashMap<>();
                json.properties().forEach(member -> members.put(member.getKey(), node(member.getValue())));
                yield Node.Obj.of(members);
            }
            case ARRAY -> {
                List<Node> items = new ArrayList<>();
                json.forEach(item -> items.add(node(item)));
                yield new Node.Arr(items);
            }
            case STRING -> new Node.Text(json.textValue());
            case NUMBER -> json.isIntegralNumber() ? new Node.Int(json.longValue()) : new Node.Dec(json.doubleValue());
            case BOOLEAN -> new Node.Bool(json.booleanValue());
            case NULL -> new Node.Null();
            default -> throw new AssertionError(json.getNodeType());
        };
    }

    static ManagedFields entry(String manager, String operation, Instant at, String fieldsV1) {
        return new ManagedFields(manager, operation, "", Optional.of(at), object(fieldsV1));
    }

    static Managers managers(String manager, String fieldsV1) {
        return new Managers(List.of(entry(manager, "Update", NOON, fieldsV1)));
    }

    /// The managers, and one more that wrote later.
    static Managers and(Managers managers, String manager, String fieldsV1) {
        List<ManagedFields> entries = new ArrayList<>(managers.entries());
        entries.add(entry(manager, "Update", NOON.plusSeconds(60), fieldsV1));
        return new Managers(entries);
    }

    /// Puts a value where the path leads; `-` is behind the last item, and an item that is `+n` is put in before n.
    static UnaryOperator<Node.Obj> set(String path, String json) {
        return object -> put(object, tokens(path), Optional.of(node(json))).asObject("root");
    }

    static UnaryOperator<Node.Obj> remove(String path) {
        return object -> put(object, tokens(path), Optional.empty()).asObject("root");
    }

    /// Turns a list around.
    static UnaryOperator<Node.Obj> reverse(String path) {
        return object -> {
            Node list = tokens(path).stream().reduce((Node) object, DriftFixture::child, (_, last) -> last);
            return put(
                            object,
                            tokens(path),
                            Optional.of(new Node.Arr(((Node.Arr) list).items().reversed())))
                    .asObject("root");
        };
    }

    static UnaryOperator<Node.Obj> both(UnaryOperator<Node.Obj> first, UnaryOperator<Node.Obj> second) {
        return object -> second.apply(first.apply(object));
    }

    private static List<String> tokens(String path) {
        return Pointer.of(path.replace("/-", "/~0end")).tokens();
    }

    private static Node child(Node parent, String token) {
        return switch (parent) {
            case Node.Obj object -> object.get(token).orElseThrow(() -> new AssertionError("no " + token));
            case Node.Arr(var items) -> items.get(Integer.parseInt(token));
            default -> throw new AssertionError("no " + token);
        };
    }

    private static Node put(Node parent, List<String> tokens, Optional<Node> value) {
        String token = tokens.getFirst();
        List<String> rest = tokens.subList(1, tokens.size());
        if (parent instanceof Node.Obj object) {
            Optional<Node> changed =
                    rest.isEmpty() ? value : Optional.of(put(object.get(token).orElse(Node.Obj.EMPTY), rest, value));
            return changed.map(node -> object.with(token, node)).orElseGet(() -> object.without(token));
        }
        List<Node> items = new ArrayList<>(((Node.Arr) parent).items());
        if (token.equals("~end")) {
            items.add(value.orElseThrow());
        } else if (token.startsWith("+")) {
            items.add(Integer.parseInt(token.substring(1)), value.orElseThrow());
        } else {
            int index = Integer.parseInt(token);
            Node old = items.remove(index);
            Optional<Node> changed = rest.isEmpty() ? value : Optional.of(put(old, rest, value));
            changed.ifPresent(node -> items.add(index, node));
        }
        return new Node.Arr(items);
    }

    static Content content(Node.Obj deployment) {
        return Content.of(Workload.of(WorkloadKind.DEPLOYMENT, deployment), Fixture.MASK);
    }

    static Observation observation(Node.Obj deployment, Managers managers) {
        return observation(WorkloadKind.DEPLOYMENT, deployment, managers);
    }

    static Observation observation(WorkloadKind kind, Node.Obj object, Managers managers) {
        Content content = Content.of(Workload.of(kind, object), Fixture.MASK);
        return new Observation(
                new ObjectRef(kind.apiVersion(), kind.kind(), "shop", "checkout", UID),
                kind,
                content,
                content.template(kind),
                managers);
    }

    /// A ledger in memory. Each decision comes after those before it.
    static final class Ledger implements IntentStore {
        private final List<Intent> intents = new ArrayList<>();
        private final Map<String, Node.Obj> contents = new HashMap<>();

        Ledger approves(Node.Obj deployment) {
            return decided(Intent.Standing.APPROVES, deployment, "paula");
        }

        Ledger covers(Node.Obj deployment, String requester) {
            return decided(Intent.Standing.COVERS, deployment, requester);
        }

        private Ledger decided(Intent.Standing standing, Node.Obj deployment, String requester) {
            Content content = DriftFixture.content(deployment);
            int order = intents.size() + 1;
            contents.put(content.digest(), content.value());
            intents.add(new Intent(
                    order,
                    "entry-" + order,
                    "decision-" + order,
                    NOON.plusSeconds(order),
                    standing,
                    Optional.of(requester),
                    content.digest(),
                    Optional.of(content.template(WorkloadKind.DEPLOYMENT))));
            return this;
        }

        /// The content is lost, the decision is not.
        Ledger loses(Node.Obj deployment) {
            contents.remove(DriftFixture.content(deployment).digest());
            return this;
        }

        @Override
        public List<Intent> of(String uid) {
            return uid.equals(UID) ? List.copyOf(intents) : List.of();
        }

        @Override
        public Optional<Node.Obj> content(String digest) {
            return Optional.ofNullable(contents.get(digest));
        }
    }
}

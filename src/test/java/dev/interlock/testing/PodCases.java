package dev.interlock.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// The cases of `checks/pod-security.yaml`.
public final class PodCases {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonNode BASE = tree("""
            spec:
              securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
              containers:
              - name: app
                image: registry.example.com/app
                securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """);

    private PodCases() {}

    /// @param pod   `metadata` and `spec`, as of a Pod and of a template alike
    /// @param valid whether an API server takes it for a Pod and judges it by the same fields
    public record PodCase(String name, JsonNode pod, boolean valid, JsonNode expect) {
        /// The codes that are expected at a level and version, in the order of their names.
        public List<String> codes(String level, int minor) {
            List<String> codes = new ArrayList<>();
            expect.properties()
                    .forEach(each -> each.getValue().forEach(range -> {
                        if (covers(range.asText(), level, minor)) {
                            codes.add(each.getKey());
                        }
                    }));
            return codes.stream().sorted().toList();
        }

        private static boolean covers(String range, String level, int minor) {
            String[] words = range.split("[ -]", -1);
            return (words[0].equals("both") || words[0].equals(level.toLowerCase(Locale.ROOT)))
                    && minor >= Integer.parseInt(words[1])
                    && (words[2].isEmpty() || minor < Integer.parseInt(words[2]));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static List<PodCase> all() {
        try (InputStream in = Objects.requireNonNull(PodCases.class.getResourceAsStream("/checks/pod-security.yaml"))) {
            List<PodCase> cases = new ArrayList<>();
            YAML.readTree(in).path("cases").forEach(each -> cases.add(read(each)));
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An object of a kind that makes such Pods.
    ///
    /// @param pod `metadata` and `spec`
    public static JsonNode object(WorkloadKind kind, String namespace, String name, JsonNode pod) {
        ObjectNode object = (ObjectNode)
                tree(Manifests.workload(kind, namespace, name, pod.path("spec").toString()));
        JsonNode annotations = pod.path("metadata").path("annotations");
        if (annotations.isObject()) {
            String template = String.join(
                    "", kind.templatePath().stream().map(step -> "/" + step).toList());
            object.withObject(template + "/metadata").set("annotations", annotations);
        }
        return object;
    }

    private static PodCase read(JsonNode each) {
        ObjectNode pod = BASE.deepCopy();
        merge(pod.withObject("/spec"), each.path("pod"));
        merge((ObjectNode) pod.at("/spec/containers/0"), each.path("container"));
        if (each.has("annotations")) {
            pod.withObject("/metadata").set("annotations", each.path("annotations"));
        }
        return new PodCase(each.path("name").asText(), pod, each.path("valid").asBoolean(true), each.path("expect"));
    }

    /// RFC 7396.
    private static void merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(member -> {
            if (member.getValue().isNull()) {
                target.remove(member.getKey());
            } else if (member.getValue() instanceof ObjectNode object) {
                merge(
                        target.get(member.getKey()) instanceof ObjectNode before
                                ? before
                                : target.putObject(member.getKey()),
                        object);
            } else {
                target.set(member.getKey(), member.getValue());
            }
        });
    }

    private static JsonNode tree(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.it.Lookout.Found;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Sixty things that are not drift give no event, and sixty edits give sixty, on a real API server with its
/// controllers (catalogue 66). Both are tables in `src/test/resources/drift`, which say what they hold.
class NotDriftIT {
    private static final String NOT_DRIFT = "not-drift";
    private static final String EDITS = "drift-edits";
    private static final String STAGE = "not-drift";
    private static final int CASES = 60;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final Kubectl ADMIN = ControlPlane.shared().kubectl();

    @BeforeAll
    static void prepare() {
        Interlock.shared();
        Lookout.prepare(STAGE, "required", NOT_DRIFT, EDITS);
        ADMIN.apply(resource("injector.yaml")).ok();
        await("the injector to inject")
                .atMost(SOON)
                .until(() -> ADMIN.apply(
                                """
                                apiVersion: v1
                                kind: Pod
                                metadata: {name: probe, namespace: not-drift, labels: {inject: "yes"}}
                                spec: {containers: [{name: app, image: app}]}
                                """, "--dry-run=server", "-o", "name", "-o", "jsonpath={.spec.containers[*].name}")
                        .ok()
                        .out()
                        .contains("proxy"));
    }

    @AfterAll
    static void remove() {
        ADMIN.run(resource("injector.yaml"), List.of("delete", "--ignore-not-found", "--wait=false", "-f", "-"))
                .ok();
        Lookout.remove(STAGE, NOT_DRIFT, EDITS);
    }

    /// A table of cases.
    record Table(List<Case> cases) {}

    /// One object, and what is done to it.
    record Case(
            String name,
            String kind,
            @Nullable JsonNode object,
            @Nullable String by,
            List<Act> acts,
            @Nullable List<String> until,
            @Nullable Boolean away,
            @Nullable String paths) {
        WorkloadKind workload() {
            return Arrays.stream(WorkloadKind.values())
                    .filter(known -> known.kind().equals(kind))
                    .findFirst()
                    .orElseThrow();
        }

        boolean whileAway() {
            return Boolean.TRUE.equals(away);
        }

        /// The object as a promoter applies it.
        JsonNode manifest(String namespace) {
            JsonNode manifest =
                    Serialization.unmarshal(Manifests.workload(workload(), namespace, name, POD), JsonNode.class);
            if (manifest.at(template()) instanceof ObjectNode template && labelled()) {
                template.withObject("/metadata/labels").put("app", name);
            }
            return object == null ? manifest : merged(manifest, object);
        }

        /// Most people's CronJobs have no labels in their template; other templates need one, or tests do.
        private boolean labelled() {
            return workload() != WorkloadKind.POD && workload() != WorkloadKind.CRON_JOB;
        }

        private String template() {
            return workload().templatePath().stream().map(step -> "/" + step).collect(Collectors.joining());
        }
    }

    /// One thing that is done: see the tables.
    record Act(
            @Nullable String run,
            @Nullable JsonNode patch,
            @Nullable JsonNode merge,
            @Nullable JsonNode json,
            @Nullable String reverse,
            @Nullable JsonNode apply,
            @Nullable List<String> flags,
            @Nullable String bind,
            @Nullable String disown,
            @Nullable String subresource,
            @Nullable String dependents,
            @Nullable String by) {}

    private static final String POD =
            Serialization.unmarshal(resource("pod.yaml"), JsonNode.class).toString();

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(NotDriftIT.class.getResourceAsStream("/drift/" + name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Case> table(String name) {
        List<Case> cases = Serialization.unmarshal(resource(name), Table.class).cases();
        assertThat(cases).hasSize(CASES).extracting(Case::name).doesNotHaveDuplicates();
        return cases;
    }

    @Test
    void law_sixtyThingsThatAreNotDriftGiveNoEvent() {
        List<Case> cases = table("not-drift.yaml");
        Lookout lookout = new Lookout(NOT_DRIFT);
        create(NOT_DRIFT, cases, lookout);
        perform(NOT_DRIFT, cases.stream().filter(each -> !each.whileAway()).toList());
        assertThat(lookout.everythingBefore()).isEmpty();

        Interlock interlock = Interlock.shared();
        interlock.stop();
        try {
            perform(NOT_DRIFT, cases.stream().filter(Case::whileAway).toList());
        } finally {
            interlock.start();
        }
        assertThat(lookout.everythingBefore()).as("after a restart").isEmpty();
    }

    @Test
    void law_sixtyEditsGiveSixtyEvents() {
        List<Case> cases = table("edits.yaml");
        Lookout lookout = new Lookout(EDITS);
        create(EDITS, cases, lookout);
        perform(EDITS, cases);
        assertThat(lookout.everythingBefore())
                .extracting(Found::subject, Found::drift, Found::cause, Found::state, Found::requester, Found::paths)
                .containsExactlyInAnyOrder(cases.stream().map(NotDriftIT::event).toArray(Tuple[]::new));
    }

    private static Tuple event(Case each) {
        return tuple(
                each.kind() + "/" + each.name(),
                "Drifted",
                "Edit",
                "Open",
                "tenant",
                Objects.requireNonNull(each.paths(), each.name()));
    }

    private static void create(String namespace, List<Case> cases, Lookout lookout) {
        String manifests =
                cases.stream().map(each -> each.manifest(namespace).toString()).collect(Collectors.joining("\n---\n"));
        ControlPlane.shared().kubectl("promoter").apply(manifests).ok();
        lookout.settled();
    }

    private static void perform(String namespace, List<Case> cases) {
        long from = System.nanoTime();
        for (Case each : cases) {
            each.acts().forEach(act -> perform(namespace, each, act));
        }
        for (Case each : cases) {
            for (String words : each.until() == null ? List.<String>of() : each.until()) {
                ADMIN.run("", words(namespace, each, words)).ok();
            }
        }
        Progress.say("%s: %d acts in %ds"
                .formatted(
                        namespace,
                        cases.size(),
                        Duration.ofNanos(System.nanoTime() - from).toSeconds()));
    }

    private static void perform(String namespace, Case each, Act act) {
        if (act.run() != null) {
            kubectl(each, act, "", words(namespace, each, act.run()));
        } else if (act.apply() != null) {
            List<String> words = new ArrayList<>(List.of("apply", "-f", "-"));
            words.addAll(act.flags() == null ? List.of() : act.flags());
            kubectl(each, act, merged(each.manifest(namespace), act.apply()).toString(), words);
        } else {
            targets(namespace, each, act).forEach(target -> change(namespace, each, act, target));
        }
    }

    private static List<String> targets(String namespace, Case each, Act act) {
        if (act.dependents() == null) {
            return List.of(Manifests.resource(each.workload()) + "/" + each.name());
        }
        ADMIN.run(
                        "wait",
                        act.dependents(),
                        "-l",
                        "app=" + each.name(),
                        "-n",
                        namespace,
                        "--for=create",
                        "--timeout=30s")
                .ok();
        return ADMIN.run("get", act.dependents(), "-l", "app=" + each.name(), "-n", namespace, "-o", "name")
                .ok()
                .out()
                .lines()
                .toList();
    }

    private static void change(String namespace, Case each, Act act, String target) {
        if (act.bind() != null) {
            String pod = target.substring(target.indexOf('/') + 1);
            kubectl(
                    each,
                    act,
                    """
                    {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"}, "target": {"kind": "Node", "name": "%s"}}
                    """.formatted(pod, act.bind()),
                    List.of(
                            "create",
                            "--raw",
                            "/api/v1/namespaces/%s/pods/%s/binding".formatted(namespace, pod),
                            "-f",
                            "-"));
        } else if (act.patch() != null) {
            patch(namespace, each, act, target, "strategic", act.patch());
        } else if (act.merge() != null) {
            patch(namespace, each, act, target, "merge", act.merge());
        } else if (act.json() != null) {
            patch(namespace, each, act, target, "json", act.json());
        } else if (act.reverse() != null) {
            ArrayNode reversed = JSON.createArrayNode();
            live(namespace, target).at(act.reverse()).forEach(item -> reversed.insert(0, item));
            assertThat(reversed).as(act.reverse()).hasSizeGreaterThan(1);
            patch(namespace, each, act, target, "json", replace(act.reverse(), reversed));
        } else if (act.disown() != null) {
            ArrayNode kept = JSON.createArrayNode();
            live(namespace, target).at("/metadata/managedFields").forEach(entry -> {
                if (!entry.path("manager").asText().equals(act.disown())) {
                    kept.add(entry);
                }
            });
            assertThat(kept).isNotEmpty();
            patch(namespace, each, act, target, "json", replace("/metadata/managedFields", kept));
            assertThat(live(namespace, target).at("/metadata/managedFields"))
                    .noneMatch(entry -> entry.path("manager").asText().equals(act.disown()));
        } else {
            throw new AssertionError("nothing to do in " + act);
        }
    }

    private static JsonNode live(String namespace, String target) {
        return Lookout.parse(ADMIN.run("get", target, "-n", namespace, "-o", "json", "--show-managed-fields")
                .ok()
                .out());
    }

    private static JsonNode replace(String path, JsonNode value) {
        return JSON.createArrayNode()
                .add(JSON.createObjectNode()
                        .put("op", "replace")
                        .put("path", path)
                        .set("value", value));
    }

    private static void patch(String namespace, Case each, Act act, String target, String type, JsonNode patch) {
        List<String> words = new ArrayList<>(List.of("patch", target, "-n", namespace, "--type=" + type, "-p"));
        words.add(patch.toString().replace("{uid of configmap/kube-root-ca.crt}", rootAuthority(namespace)));
        if (act.subresource() != null) {
            words.add("--subresource=" + act.subresource());
        }
        if (each.whileAway()) {
            words.add("--field-manager=newer");
        }
        kubectl(each, act, "", words);
    }

    private static String rootAuthority(String namespace) {
        return ADMIN.run("get", "configmap/kube-root-ca.crt", "-n", namespace, "-o", "jsonpath={.metadata.uid}")
                .ok()
                .out();
    }

    private static List<String> words(String namespace, Case each, String words) {
        List<String> all =
                new ArrayList<>(List.of(words.replace("{}", each.name()).split(" ")));
        all.addAll(List.of("-n", namespace));
        return all;
    }

    /// Runs a command as whom it names. A user of Kubernetes' own is impersonated with all rights: what matters is
    /// the name by which the gate knows it.
    private static void kubectl(Case each, Act act, String stdin, List<String> words) {
        String by = act.by() != null ? act.by() : Objects.requireNonNullElse(each.by(), "tenant");
        if (!by.startsWith("system:")) {
            ControlPlane.shared().kubectl(by).run(stdin, words).ok();
            return;
        }
        List<String> impersonating = new ArrayList<>(words);
        impersonating.addAll(List.of("--as=" + by, "--as-group=system:masters"));
        if (by.startsWith("system:node:")) {
            impersonating.add("--as-group=system:nodes");
        }
        ADMIN.run(stdin, impersonating).ok();
    }

    /// A JSON merge patch (RFC 7386).
    private static JsonNode merged(JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode merged = target instanceof ObjectNode object ? object.deepCopy() : JSON.createObjectNode();
        changes.properties().forEach(member -> {
            if (member.getValue().isNull()) {
                merged.remove(member.getKey());
            } else {
                merged.set(member.getKey(), merged(merged.path(member.getKey()), member.getValue()));
            }
        });
        return merged;
    }
}

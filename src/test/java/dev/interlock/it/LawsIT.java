package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What stays possible under the strictest policy that can be written: an expression that nothing meets, in
/// Enforce, over every kind, under the required gate. What was there before it is there for each test under a
/// name of its own.
class LawsIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAMESPACE = "laws";
    private static final String DENIED = "denied by policy laws";
    private static final Set<WorkloadKind> SCALABLE = EnumSet.of(
            WorkloadKind.REPLICATION_CONTROLLER,
            WorkloadKind.DEPLOYMENT,
            WorkloadKind.REPLICA_SET,
            WorkloadKind.STATEFUL_SET);
    private static final String POD = "{containers: [{name: app, image: \"%s\", resources: {requests: {cpu: 100m}}}]}"
            .formatted(Manifests.GOOD_IMAGE);

    private static final List<String> BEFORE = List.of(
            "gone", "collected", "outage", "reported", "finalized", "scaled", "restarted", "labelled", "changed");

    private static Interlock interlock;
    private static Kubectl kubectl;

    @BeforeAll
    static void install() {
        interlock = Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        kubectl.apply(Manifests.namespace(NAMESPACE, NAMESPACE, "required")).ok();
        kubectl.apply(Arrays.stream(WorkloadKind.values())
                        .flatMap(kind -> BEFORE.stream()
                                .map(name -> Manifests.workload(kind, NAMESPACE, named(kind, name), POD)))
                        .collect(Collectors.joining("---\n")))
                .ok();
        kubectl.apply(never(NAMESPACE, "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/laws", "--timeout=30s").ok();
    }

    @AfterAll
    static void remove() {
        kubectl.run("delete", "pp", "laws").ok();
        kubectl.run("delete", "namespace", NAMESPACE, "--wait=false").ok();
    }

    private static String never(String name, String mode) {
        return Manifests.checking(
                name, NAMESPACE, mode, "id: never\n    expression: 'false'\n    message: nothing is let in");
    }

    private static Kubectl.Result in(String... words) {
        return kubectl.run(
                Stream.concat(Arrays.stream(words), Stream.of("-n", NAMESPACE)).toArray(String[]::new));
    }

    private static String object(WorkloadKind kind, String name) {
        return Manifests.resource(kind) + "/" + named(kind, name);
    }

    /// No two kinds share a name, because their selectors are made of it.
    private static String named(WorkloadKind kind, String name) {
        return name + "-" + Manifests.resource(kind);
    }

    private static Kubectl.Result patch(String object, String patch, String... more) {
        return in(Stream.concat(Stream.of("patch", object, "--type=merge", "-p", patch), Arrays.stream(more))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void nothingNewIsLetIn(WorkloadKind kind) {
        assertThat(kubectl.apply(Manifests.workload(kind, NAMESPACE, named(kind, "fresh"), POD))
                        .refused()
                        .err())
                .contains(DENIED, "[never] nothing is let in");
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void law12_deletionIsNeverHeld(WorkloadKind kind) {
        in("delete", object(kind, "gone"), "--wait=false").ok();
    }

    @Test
    void law12_case9_deletionOfACollectionIsNeverHeld() {
        String collection = "/apis/apps/v1/namespaces/%s/deployments".formatted(NAMESPACE);
        kubectl.run("delete", "--raw", collection + "?fieldSelector=metadata.name%3Dcollected-deployment")
                .ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                in("get", "deployment/collected-deployment", "--ignore-not-found", "-o", "name")
                                        .ok()
                                        .out())
                        .isEmpty());
    }

    /// An annotation, because it may be changed this way in any kind.
    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void law12_statusIsNeverHeld(WorkloadKind kind) {
        patch(object(kind, "reported"), "{\"metadata\":{\"annotations\":{\"law\":\"12\"}}}", "--subresource=status")
                .ok();
    }

    static Stream<WorkloadKind> scalable() {
        return SCALABLE.stream();
    }

    /// Nor are the Pods that controllers make for it. A StatefulSet's second one waits for the first, which
    /// never runs.
    @ParameterizedTest
    @MethodSource("scalable")
    void law12_case3_scaleIsNeverHeldAndItsPodsCome(WorkloadKind kind) {
        String object = object(kind, "scaled");
        in("scale", object, "--replicas=2").ok();
        String replicas = kind == WorkloadKind.STATEFUL_SET ? "{.spec.replicas}" : "{.status.replicas}";
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(in("get", object, "-o", "jsonpath=" + replicas)
                                .ok()
                                .out())
                        .isEqualTo("2"));
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void law12_case7_finalizersOfWhatIsBeingDeletedCanGoAndItsContentCannotChange(WorkloadKind kind) {
        String object = object(kind, "finalized");
        patch(object, "{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}").ok();
        in("delete", object, "--wait=false").ok();
        if (kind == WorkloadKind.DEPLOYMENT) {
            assertThat(in("set", "env", object, "A=b").refused().err()).contains(DENIED);
        }
        patch(object, "{\"metadata\":{\"finalizers\":null}}").ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(in("get", object, "--ignore-not-found", "-o", "name")
                                .ok()
                                .out())
                        .isEmpty());
    }

    /// Interlock lets all of this through as well: that nobody is asked shows while nobody could answer.
    @Test
    void law12_noneOfThatIsHeldWhileNobodyAnswers() {
        for (WorkloadKind kind : WorkloadKind.values()) {
            patch(object(kind, "outage"), "{\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}")
                    .ok();
        }
        interlock.kill();
        try {
            assertThat(in("annotate", object(WorkloadKind.JOB, "outage"), "law=12")
                            .refused()
                            .err())
                    .contains("failed calling webhook \"required.gate.interlock.dev\"");
            for (WorkloadKind kind : WorkloadKind.values()) {
                String object = object(kind, "outage");
                patch(object, "{\"metadata\":{\"annotations\":{\"law\":\"12\"}}}", "--subresource=status")
                        .ok();
                if (SCALABLE.contains(kind)) {
                    in("scale", object, "--replicas=3").ok();
                }
                in("delete", object, "--wait=false").ok();
                patch(object, "{\"metadata\":{\"finalizers\":null}}").ok();
            }
        } finally {
            Interlock.shared();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEPLOYMENT", "STATEFUL_SET", "DAEMON_SET"})
    void law9_restartOfWhatWasThereIsLetThrough(WorkloadKind kind) {
        in("rollout", "restart", object(kind, "restarted")).ok();
        assertThat(in("get", object(kind, "restarted"), "-o", "jsonpath={.spec.template.metadata.annotations}")
                        .ok()
                        .out())
                .contains("restartedAt");
    }

    @ParameterizedTest
    @EnumSource(WorkloadKind.class)
    void law9_whatWasThereStaysEditableAndWarns(WorkloadKind kind) {
        String object = object(kind, "labelled");
        assertThat(in("label", object, "law=9").ok().err())
                .contains("Warning: [laws/never] AlreadyPresent: nothing is let in");
        in("annotate", object, "law=9").ok();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"DEPLOYMENT", "STATEFUL_SET", "DAEMON_SET", "REPLICATION_CONTROLLER", "REPLICA_SET", "CRON_JOB"})
    void law9_changedTemplateIsJudged(WorkloadKind kind) {
        assertThat(in("set", "env", object(kind, "changed"), "A=b").refused().err())
                .contains(DENIED);
    }

    @Test
    void case2_resizeIsJudged() {
        String resize =
                "{\"spec\":{\"containers\":[{\"name\":\"app\",\"resources\":{\"requests\":{\"cpu\":\"200m\"}}}]}}";
        assertThat(in("patch", "pod/changed-pod", "--subresource=resize", "--type=strategic", "-p", resize)
                        .refused()
                        .err())
                .contains("promotion of Pod laws/changed-pod (resize) to laws " + DENIED);
    }

    @Test
    void case1_ephemeralContainerIsJudged() {
        assertThat(in("debug", "changed-pod", "--image=" + Manifests.GOOD_IMAGE, "-c", "peek", "--attach=false")
                        .refused()
                        .err())
                .contains("promotion of Pod laws/changed-pod (ephemeralcontainers) to laws " + DENIED);
    }

    /// Those that the gate's file names, and nobody else.
    @Test
    void law12_case15_controllersOfKubernetesAreNeverHeldByNameAlone() throws IOException {
        Set<String> controllers = new TreeSet<>(Pattern.compile("'(system:[^']+)'[,\\]]")
                .matcher(Files.readString(Path.of("deploy/base/gate.yaml")))
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList());
        assertThat(controllers).hasSizeGreaterThan(10).contains("system:serviceaccount:kube-system:job-controller");
        for (String controller : controllers) {
            as(controller).ok();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "admin",
                "system:admin",
                "system:apiserver",
                "system:serviceaccount:laws:deployment-controller",
                "system:serviceaccount:kube-system:default",
                "system:serviceaccount:kube-system:Job-Controller",
                "system:kube-controller-manager2",
                "system:node:n"
            })
    void case15_everybodyElseIsJudgedWhateverTheirRights(String user) {
        assertThat(as(user).refused().err()).contains(DENIED);
    }

    private static Kubectl.Result as(String user) {
        return kubectl.apply(
                Manifests.workload(WorkloadKind.POD, NAMESPACE, "as-somebody", POD),
                "--dry-run=server",
                "--as=" + user,
                "--as-group=system:masters");
    }

    private static final List<String> BESIDE = List.of("laws-always", "laws-warns", "laws-audits");

    @Test
    void case47_policiesThatDisagreeDenyAndAllOfThemAreRecorded() {
        try {
            kubectl.apply(never("laws-always", "Enforce").replace("'false'", "'true'"))
                    .ok();
            kubectl.apply(never("laws-warns", "Warn")).ok();
            kubectl.apply(never("laws-audits", "Audit")).ok();
            for (String policy : BESIDE) {
                kubectl.run("wait", "--for=condition=Ready", "pp/" + policy, "--timeout=30s")
                        .ok();
            }
            Kubectl.Result denied = kubectl.apply(Manifests.deployment(NAMESPACE, "disputed", Manifests.GOOD_IMAGE))
                    .refused();
            assertThat(denied.err()).contains(DENIED).contains("Warning: [laws-warns/never]");
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(in(
                                            "get",
                                            "decrec",
                                            "--field-selector",
                                            "spec.subject.name=disputed",
                                            "-o",
                                            "jsonpath={.items[*].spec.decision}"
                                                    + " {range .items[*].spec.reasons[*]}{.policy}={.effect} {end}")
                                    .ok()
                                    .out())
                            .startsWith("Denied ")
                            .contains("laws=Denies", "laws-warns=Warns", "laws-audits=Recorded")
                            .doesNotContain("laws-always="));
        } finally {
            BESIDE.forEach(policy ->
                    kubectl.run("delete", "pp", policy, "--ignore-not-found").ok());
        }
    }

    /// Other case, other alphabets, invisible characters, other forms of the same letter.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Payments-é",
                "PAYMENTS-É",
                "p\u0430yments-é",
                "payments-e\u0301",
                "ｐayments-é",
                "payments-é\u200b",
                " payments-é",
                "pay\u00adments-é"
            })
    void case48_textsAreEqualOnlyWhereTheyAreTheSameCharacters(String lookalike) {
        String policy = Manifests.checking(
                "laws-team",
                "laws-team",
                "Enforce",
                "id: team\n    expression: object.metadata.?annotations['team'].orValue('') == 'payments-é'");
        String namespace = "laws-team";
        kubectl.apply(Manifests.namespace(namespace, namespace, "required")).ok();
        kubectl.apply(policy).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/laws-team", "--timeout=30s")
                .ok();
        assertThat(kubectl.apply(owned(namespace, lookalike), "--dry-run=server")
                        .refused()
                        .err())
                .contains("denied by policy laws-team");
        kubectl.apply(owned(namespace, "payments-é"), "--dry-run=server").ok();
    }

    private static String owned(String namespace, String team) {
        return Manifests.idle(namespace, "owned", Manifests.GOOD_IMAGE)
                .replace(
                        "metadata: {name: owned,",
                        "metadata: {name: owned, annotations: {team: \"%s\"},".formatted(team));
    }
}

package dev.interlock.benchmark;

import dev.interlock.benchmark.Vegeta.Answer;
import dev.interlock.benchmark.Vegeta.Pace;
import dev.interlock.benchmark.Vegeta.Request;
import dev.interlock.benchmark.Vegeta.Server;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Interlock.Role;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.testing.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/// What the same eight rules in CEL cost as a ValidatingAdmissionPolicy in the API server and as a
/// PromotionPolicy: dry runs of Deployments through a real API server, of which seven in ten are allowed, in
/// alternating blocks, beside no rules at all and a webhook that does nothing. CPU is that of the API server
/// and that of the webhook.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Timeout(time = 40, timeUnit = TimeUnit.MINUTES)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Dinterlock.benchmark=true"})
public class AdmissionPolicyBenchmark {
    private static final String NONE = "no rules";
    private static final String NOOP = "no-op webhook";
    private static final String BUILT_IN = "ValidatingAdmissionPolicy";
    private static final String INTERLOCK = "Interlock";

    private static final Map<String, String> NAMESPACES =
            Map.of(NONE, "rules-none", NOOP, "rules-noop", BUILT_IN, "rules-vap", INTERLOCK, "rules-interlock");

    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put("pod", "object.spec.template.spec");
        VARIABLES.put("all", "variables.pod.containers + variables.pod.?initContainers.orValue([])");
    }

    private static final List<String> RULES = List.of(
            "variables.all.all(c, c.image.contains('@sha256:'))",
            "variables.all.all(c, c.image.startsWith('registry.example.com/'))",
            "variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(false))",
            "variables.all.all(c, !c.?securityContext.?allowPrivilegeEscalation.orValue(true))",
            "variables.all.all(c, 'ALL' in c.?securityContext.?capabilities.?drop.orValue([]))",
            "variables.all.all(c, 'memory' in c.?resources.?limits.orValue({}))",
            "!variables.pod.?volumes.orValue([]).exists(v, has(v.hostPath))",
            "!variables.pod.?hostNetwork.orValue(false) && !variables.pod.?hostPID.orValue(false)");

    private Programs programs;
    private ControlPlane plane;
    private Interlock interlock;
    private NoopWebhook noop;
    private Vegeta vegeta;

    @Setup
    public void install() throws IOException {
        programs = Programs.build();
        vegeta = new Vegeta(programs.vegeta(), programs.directory());
        plane = ControlPlane.start();
        interlock = Interlock.prepareApart(plane);
        interlock.applyManifests();
        interlock.start();
        Kubectl admin = plane.kubectl();
        for (String namespace : NAMESPACES.values()) {
            admin.run("create", "namespace", namespace).ok();
        }
        admin.run("label", "namespace", "rules-noop", "load=noop").ok();
        noop = new NoopWebhook(programs.noop(), programs.directory(), Optional.empty());
        noop.register(admin);
        admin.apply(builtIn()).ok();
        admin.run("label", "namespace", "rules-vap", "rules=vap").ok();
        admin.apply(own()).ok();
        admin.run("wait", "--for=condition=Ready", "pp/rules", "--timeout=30s").ok();
        admin.apply(Manifests.namespace("rules-interlock", "rules", "required")).ok();
        for (String subject : List.of(BUILT_IN, INTERLOCK)) {
            String violating = Deployments.json(NAMESPACES.getOrDefault(subject, ""), "asked", Manifests.BAD_IMAGE);
            Awaitility.await(subject + " to deny")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> admin.apply(violating, "--dry-run=server").exit() != 0);
        }
        warm();
    }

    private void warm() throws IOException {
        Progress.say("warming up");
        Path authority = programs.directory().resolve("interlock.pem");
        Files.writeString(authority, interlock.trusted());
        String review = Deployments.review(
                "rules-interlock", Deployments.json("rules-interlock", "asked", Manifests.GOOD_IMAGE));
        vegeta.post(
                Server.of(interlock, authority),
                new Pace.Closed(8),
                IntStream.range(0, 20_000)
                        .mapToObj(_ -> new Request("/admit/required?timeout=10s", review))
                        .toList());
        NAMESPACES.keySet().forEach(subject -> send(subject, new Pace.Closed(8), 1_000));
    }

    private static String builtIn() {
        return """
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: rules}
                spec:
                  failurePolicy: Fail
                  matchConstraints:
                    resourceRules:
                    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
                  variables:
                %s
                  validations:
                %s
                ---
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: rules}
                spec:
                  policyName: rules
                  validationActions: [Deny]
                  matchResources: {namespaceSelector: {matchLabels: {rules: vap}}}
                """.formatted(
                        variables(),
                        RULES.stream()
                                .map("  - {expression: \"%s\", reason: Forbidden}"::formatted)
                                .collect(Collectors.joining("\n")));
    }

    private static String own() {
        return """
                apiVersion: interlock.dev/v1alpha1
                kind: PromotionPolicy
                metadata: {name: rules}
                spec:
                  owner: {team: platform, contact: "#platform"}
                  match: {stages: [rules], resources: [deployments.apps]}
                  mode: Enforce
                  onUndecided: Deny
                  variables:
                %s
                  checks:
                %s
                """.formatted(
                        variables(),
                        IntStream.range(0, RULES.size())
                                .mapToObj(i -> "  - {id: rule-%d, expression: \"%s\"}".formatted(i, RULES.get(i)))
                                .collect(Collectors.joining("\n")));
    }

    private static String variables() {
        return VARIABLES.entrySet().stream()
                .map(each -> "  - {name: %s, expression: \"%s\"}".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining("\n"));
    }

    @Benchmark
    public void sameRules() throws IOException {
        Comparison comparison = new Comparison(List.of(NONE, BUILT_IN, NOOP, INTERLOCK), NONE);
        comparison.measure("1 connection", (subject, _) -> send(subject, new Pace.Closed(1), 300));
        comparison.measure("8 connections", (subject, _) -> send(subject, new Pace.Closed(8), 300));
        comparison.measure("50 a second", (subject, _) -> send(subject, new Pace.Open(50), 200));
        Files.writeString(programs.directory().resolve("same-rules.md"), comparison.table());
        Progress.say("same rules:%n%s".formatted(comparison.table()));
    }

    private Block send(String subject, Pace pace, int many) {
        String namespace = NAMESPACES.getOrDefault(subject, "");
        List<Request> requests = IntStream.range(0, many)
                .mapToObj(i -> new Request(
                        "/apis/apps/v1/namespaces/%s/deployments?dryRun=All".formatted(namespace),
                        Deployments.json(
                                namespace, "asked-" + i, i % 10 < 7 ? Manifests.GOOD_IMAGE : Manifests.BAD_IMAGE)))
                .toList();
        boolean denies = subject.equals(BUILT_IN) || subject.equals(INTERLOCK);
        long webhook = switch (subject) {
            case INTERLOCK -> interlock.pid(Role.WEBHOOK);
            case NOOP -> noop.pid();
            default -> 0;
        };
        return Block.measure(
                vegeta,
                webhook,
                plane.pid("kube-apiserver"),
                () -> vegeta.post(Server.of(plane), pace, requests),
                answers -> {
                    long denied = answers.stream().filter(Answer::refused).count();
                    if (answers.size() != many || denied != (denies ? many * 3 / 10 : 0)) {
                        throw new IllegalStateException(
                                "%s: %d of %d denied".formatted(subject, denied, answers.size()));
                    }
                });
    }

    @TearDown
    public void stop() {
        noop.close();
        interlock.close();
        plane.close();
    }
}

package dev.interlock.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.interlock.testing.ControlPlane;
import dev.interlock.testing.Interlock;
import dev.interlock.testing.Kubectl;
import dev.interlock.testing.Manifests;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as people run it: the packaged program as a process of its own, with a person's kubeconfig.
class CliIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NAMESPACE = "cli";
    private static final String PATH = """
            apiVersion: interlock.dev/v1alpha1
            kind: DeliveryPath
            metadata: {name: cli-checkout}
            spec:
              service: cli-checkout
              owner: {team: payments, contact: "#payments-oncall", escalation: "#payments-leads"}
              workloads: {matchExpressions: [{key: service, operator: NotIn, values: [none]}]}
              stages:
              - name: cli
                namespaces: [cli]
                promoters: {groups: ["system:masters"]}
            """;

    @TempDir
    private static Path directory;

    private static Kubectl kubectl;

    private static final Path LAUNCHER = Path.of("target/quarkus-app/interlock").toAbsolutePath();

    private record Ran(int exit, String out, String err) {}

    @BeforeAll
    static void install() {
        Interlock.shared();
        kubectl = ControlPlane.shared().kubectl();
        kubectl.apply(Manifests.namespace(NAMESPACE, "cli", "required")).ok();
        kubectl.apply(PATH).ok();
        kubectl.apply(Manifests.policy("cli", "cli", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/cli", "--timeout=30s").ok();
        kubectl.apply(Manifests.deployment(NAMESPACE, "good", Manifests.GOOD_IMAGE))
                .ok();
        kubectl.apply(Manifests.deployment(NAMESPACE, "bad", Manifests.BAD_IMAGE))
                .refused();
        kubectl.apply(Manifests.deployment(NAMESPACE, "orphan", Manifests.GOOD_IMAGE)
                        .replace("metadata: {name: orphan,", "metadata: {name: orphan, labels: {service: none},"))
                .ok();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(kubectl.run("get", "decrec", "-n", NAMESPACE, "-o", "name")
                                .ok()
                                .out()
                                .lines())
                        .hasSizeGreaterThanOrEqualTo(3));
    }

    @AfterAll
    static void remove() {
        kubectl.run("delete", "pp/cli", "dpath/cli-checkout", "--ignore-not-found")
                .ok();
        kubectl.run("delete", "namespace", NAMESPACE, "--wait=false").ok();
    }

    private static Ran interlock(String user, String... words) throws IOException, InterruptedException {
        Path kubeconfig = user.equals("admin")
                ? ControlPlane.shared().kubeconfig()
                : ControlPlane.shared().kubeconfig(user);
        return interlock(kubeconfig, words);
    }

    private static Ran interlock(Path kubeconfig, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(words));
        return run(
                Map.of(
                        "KUBECONFIG", kubeconfig.toAbsolutePath().toString(),
                        "JAVA_HOME", System.getProperty("java.home")),
                command);
    }

    private static Ran run(Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder program =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        program.environment().putAll(environment);
        Process process = program.start();
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("not done after a minute: " + command);
        }
        return new Ran(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    /// An archive of another package is not used, and nothing is said of it.
    @Test
    void launcherRunsWhereverItIsLinkedFromWithAndWithoutAnArchiveOfClasses() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("a bin"));
        Files.createSymbolicLink(bin.resolve("interlock"), LAUNCHER);
        Path chained = Files.createSymbolicLink(bin.resolve("il"), Path.of("interlock"));
        Map<String, String> java = Map.of("JAVA_HOME", System.getProperty("java.home"));
        List<String> version = List.of(chained.toString(), "--version");
        Ran said = new Ran(0, run(java, version).out(), "");
        assertThat(said.out()).matches("interlock \\d\\S+\n");
        Path archive = LAUNCHER.resolveSibling("interlock.jsa");
        Path aside = directory.resolve("aside");
        if (Files.exists(archive)) {
            Files.copy(archive, aside, StandardCopyOption.COPY_ATTRIBUTES);
        }
        try {
            run(with(java, "INTERLOCK_ARCHIVE", "write"), version);
            assertThat(archive).isNotEmptyFile();
            assertThat(run(java, version)).isEqualTo(said);
            assertThat(run(with(java, "INTERLOCK_ARCHIVE", "none"), version)).isEqualTo(said);
            Files.writeString(archive, "torn");
            assertThat(run(java, version)).isEqualTo(said);
        } finally {
            Files.deleteIfExists(archive);
            if (Files.exists(aside)) {
                Files.copy(aside, archive, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    @Test
    void launcherWithAnOldJavaSaysWhatItNeeds() throws Exception {
        Path old = directory.resolve("java 21");
        Path java =
                Files.writeString(Files.createDirectories(old.resolve("bin")).resolve("java"), "#!/bin/sh\nexit 1\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.4\"\n");
        Ran ran = run(Map.of("JAVA_HOME", old.toString()), List.of(LAUNCHER.toString(), "check"));
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("java 21/bin/java is of Java 21; set JAVA_HOME to a Java 25 or newer");
    }

    private static Map<String, String> with(Map<String, String> environment, String name, String value) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(name, value);
        return all;
    }

    @Test
    void launcherWithoutJavaSaysWhatItNeeds() throws Exception {
        assertThat(run(Map.of("JAVA_HOME", "/nowhere"), List.of(LAUNCHER.toString(), "check")))
                .isEqualTo(
                        new Ran(
                                2,
                                "",
                                "interlock: there is no /nowhere/bin/java; set JAVA_HOME to a Java 25 or newer, or put its java on the PATH\n"));
    }

    @Test
    void usageAndVersionNeedNoClusterAndNoQuarkus() throws Exception {
        Ran bare = interlock("admin");
        assertThat(bare.exit()).isEqualTo(2);
        assertThat(bare.out()).isEmpty();
        assertThat(bare.err()).contains("Usage: interlock");
        Ran version = interlock("admin", "--version");
        assertThat(version.exit()).as(version.err()).isZero();
        assertThat(version.out()).matches("interlock \\d\\S+\n");
        assertThat(version.err()).isEmpty();
    }

    /// The command of `docs/pipeline.md`; the kubeconfig leads nowhere.
    @Test
    void checkNeedsNoClusterAndSaysWhatThePageShows() throws Exception {
        String page = Files.readString(Path.of("docs/pipeline.md"));
        String command = page.substring(
                page.indexOf("interlock check -f"), page.indexOf('\n', page.indexOf("interlock check -f")));
        Ran ran = interlock(
                Path.of("nowhere"), command.substring("interlock ".length()).split(" "));
        assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .startsWith("Denied    Deployment shop/checkout  deploy/samples/checkout-bad.yaml:2\n")
                .contains("line 17 [production/images-pinned] DigestMissing: container checkout")
                .endsWith("1 object: 1 denied\n");
    }

    /// Started as `docs/getting-started.md` says: no warnings of the JVM.
    @Test
    void expressionIsCheckedAndNothingElseIsSaid() throws Exception {
        assertThat(Files.readString(Path.of("docs/getting-started.md"))).contains("`target/quarkus-app/interlock`");
        Path policy = Files.writeString(
                directory.resolve("expression.yaml"),
                Manifests.checking("any", "production", "Enforce", "{id: named, expression: object.kind == 'Pod'}"));
        Ran ran = interlock(
                Path.of("nowhere"),
                "check",
                "-f",
                "deploy/samples/checkout-bad.yaml",
                "--policy",
                policy.toString(),
                "--stage",
                "production");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).contains("[any/named] ExpressionFalse");
    }

    @Test
    void ownersNamesServicesPoliciesAndOrphans() throws Exception {
        Ran ran = interlock("admin", "owners");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .containsPattern("cli-checkout +payments +#payments-oncall +#payments-leads +cli-checkout +cli +cli"
                        + " +cli \\(1 Enforce\\) +1\n")
                .containsPattern("cli +Deployment +orphan +Orphaned +paths list namespace cli");
    }

    @Test
    void inventoryIsTheClusterAsItIs() throws Exception {
        Ran csv = interlock("admin", "inventory", "-n", NAMESPACE, "-o", "csv");
        assertThat(csv.exit()).as(csv.err()).isZero();
        assertThat(csv.out()).contains("\r\ncli,Deployment,good,").doesNotContain("cli,Deployment,bad,");
        JsonNode json = new ObjectMapper()
                .readTree(interlock("admin", "inventory", "-n", NAMESPACE, "-o", "json")
                        .out());
        JsonNode good = StreamSupport.stream(json.path("workloads").spliterator(), false)
                .filter(item -> item.path("name").asText().equals("good"))
                .findFirst()
                .orElseThrow();
        assertThat(good.at("/service").asText()).isEqualTo("cli-checkout");
        assertThat(good.at("/owner/team").asText()).isEqualTo("payments");
        assertThat(good.at("/gate").asText()).isEqualTo("required");
        assertThat(good.at("/images/0").asText()).isEqualTo(Manifests.GOOD_IMAGE);
        assertThat(good.at("/lastDecision/outcome").asText()).isEqualTo("Allowed");
        assertThat(good.at("/drift").asText()).isIn("InSync", "Unknown");
        assertThat(json.path("missing")).isEmpty();
    }

    @Test
    void whyTellsAnAllowedAndADeniedPromotion() throws Exception {
        Ran good = interlock("admin", "why", "deploy/good", "-n", NAMESPACE);
        assertThat(good.exit()).as(good.toString()).isZero();
        assertThat(good.out()).contains("Decision: allowed", "policies cli@", "Owner: payments, #payments-oncall");
        Ran bad = interlock("admin", "why", "deployment", "bad", "-n", NAMESPACE);
        assertThat(bad.exit()).as(bad.toString()).isEqualTo(1);
        assertThat(bad.out())
                .contains("It does not exist now", "Decision: denied", "[cli/images-pinned]", "What to do");
        String record = kubectl.run(
                        "get",
                        "decrec",
                        "-n",
                        NAMESPACE,
                        "--field-selector",
                        "spec.subject.name=bad",
                        "-o",
                        "jsonpath={.items[0].metadata.name}")
                .ok()
                .out();
        assertThat(interlock("admin", "why", record, "-A").out()).contains("Deployment cli/bad", "Decision: denied");
        Ran nothing = interlock("admin", "why", "deploy/nothing", "-n", NAMESPACE);
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.err()).contains("there is no Deployment `cli/nothing`");
    }

    @Test
    void gateCheckTellsADecisionFromAnAnswerThatNobodyWasAskedFor() throws Exception {
        Ran asked = interlock("admin", "gate", "check", "-n", NAMESPACE, "--timeout", "20s");
        assertThat(asked.exit()).as(asked.err()).isZero();
        assertThat(asked.out()).isEqualTo("the API server asks Interlock about namespace cli, caller unverified\n");
        Ran unasked = interlock("admin", "gate", "check", "-n", "default", "--timeout", "2s");
        assertThat(unasked.exit()).isEqualTo(1);
        assertThat(unasked.err()).contains("nobody is asked about namespace `default`");
        Ran nowhere = interlock("admin", "gate", "check", "-n", "no-such-namespace", "--timeout", "2s");
        assertThat(nowhere.exit()).isEqualTo(1);
        assertThat(nowhere.err()).contains("not found");
        Ran tenant = interlock("tenant", "gate", "check", "-n", NAMESPACE, "--timeout", "20s");
        assertThat(tenant.exit()).isEqualTo(6);
        assertThat(tenant.err()).contains("you may not get validatingwebhookconfigurations");
        Ran remove = interlock("tenant", "gate", "remove");
        assertThat(remove.exit()).isEqualTo(6);
        assertThat(remove.err()).contains("you may not delete validatingwebhookconfigurations");
    }

    private static final String KINDS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: %1$ss.cli.example.com}
            spec:
              group: cli.example.com
              scope: Namespaced
              names: {kind: %2$s, plural: %1$ss, singular: %1$s, listKind: %2$sList}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                schema: {openAPIV3Schema: {type: object, properties: {spec: %3$s}}}
            ---
            """;

    private static final String DOWN = """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: v1.down.cli.example.com}
            spec:
              group: down.cli.example.com
              version: v1
              groupPriorityMinimum: 100
              versionPriority: 100
              service: {namespace: default, name: nobody}
            """;

    private static JsonNode coverage(Ran ran) throws IOException {
        return new ObjectMapper().readTree(ran.out());
    }

    private static Stream<JsonNode> resources(JsonNode coverage) {
        return StreamSupport.stream(coverage.path("resources").spliterator(), false);
    }

    private static String standing(JsonNode coverage, String resource) {
        return resources(coverage)
                .filter(row -> row.path("resource").asText().equals(resource))
                .map(row ->
                        row.path("standing").asText() + " " + row.path("why").asText())
                .collect(Collectors.joining());
    }

    /// A version of Kubernetes with another way to change a governed kind makes this test fail.
    @Test
    void case5_everyPartOfAGovernedKindThatDiscoveryHasIsAskedAboutOrNeverHeld() throws Exception {
        JsonNode coverage = coverage(interlock("admin", "gate", "coverage", "--all", "-o", "json"));
        Set<String> governed = Arrays.stream(WorkloadKind.values())
                .map(WorkloadKind::shortResource)
                .collect(Collectors.toSet());
        Map<String, Set<String>> byStanding = resources(coverage)
                .filter(row -> governed.contains(row.path("resource").asText().replaceFirst("/.*", "")))
                .collect(Collectors.groupingBy(
                        row -> row.path("standing").asText(),
                        Collectors.mapping(row -> row.path("resource").asText(), Collectors.toSet())));
        Set<String> asked = new HashSet<>(governed);
        asked.addAll(Set.of("pods/ephemeralcontainers", "pods/resize"));
        assertThat(byStanding.keySet()).containsExactlyInAnyOrder("Covered", "NeverHeld");
        assertThat(byStanding.get("Covered")).isEqualTo(asked);
        assertThat(byStanding.get("NeverHeld"))
                .contains("pods/exec", "pods/eviction", "pods/status", "deployments.apps/scale", "jobs.batch/status");
    }

    @Test
    void case12_kindsThatHoldContainersAndThatNobodyAsksAboutAreNamed() throws Exception {
        String template =
                "{type: object, properties: {template: {type: object, properties: {spec: {type: object, properties: {containers:"
                        + " {type: array, items: {type: object, properties: {image: {type: string}}}}}}}}}}";
        kubectl.apply(KINDS.formatted("runner", "Runner", template)
                        + KINDS.formatted("blob", "Blob", "{type: object, x-kubernetes-preserve-unknown-fields: true}")
                        + KINDS.formatted("note", "Note", "{type: object, properties: {text: {type: string}}}"))
                .ok();
        try {
            await().atMost(SOON).untilAsserted(() -> {
                JsonNode coverage = coverage(interlock("admin", "gate", "coverage", "--all", "-o", "json"));
                assertThat(standing(coverage, "runners.cli.example.com"))
                        .isEqualTo("Ungoverned holds containers at `spec.template.spec`; no rule asks about it");
                assertThat(standing(coverage, "runners.cli.example.com/status")).startsWith("NeverHeld");
                assertThat(standing(coverage, "blobs.cli.example.com"))
                        .isEqualTo("Unknown may hold anything at `spec`; no rule asks about it");
                assertThat(standing(coverage, "notes.cli.example.com")).startsWith("Outside");
                assertThat(standing(coverage, "podtemplates"))
                        .startsWith("Ungoverned holds containers at `template.spec`");
                assertThat(standing(coverage, "controllerrevisions.apps")).startsWith("Ungoverned");
            });
            Ran listed = interlock("admin", "gate", "coverage");
            assertThat(listed.exit()).as(listed.err()).isZero();
            assertThat(listed.out())
                    .containsPattern("runners.cli.example.com +Ungoverned")
                    .doesNotContain("notes.cli.example.com", "deployments.apps");
            kubectl.apply(Manifests.checking("cli-runners", "cli", "Enforce", "id: never\n    expression: 'false'")
                            .replace("{stages: [cli]}", "{stages: [cli], resources: [runners.v1.cli.example.com]}"))
                    .ok();
            await("the second part of the gate to ask about it")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(standing(
                                    coverage(interlock("admin", "gate", "coverage", "--all", "-o", "json")),
                                    "runners.cli.example.com"))
                            .startsWith("Covered"));
        } finally {
            kubectl.run("delete", "pp", "cli-runners", "--ignore-not-found").ok();
            kubectl.run("delete", "crd", "runners.cli.example.com", "blobs.cli.example.com", "notes.cli.example.com")
                    .ok();
        }
    }

    @Test
    void coverageWithoutARightOrWithAServerThatIsDownSaysSo() throws Exception {
        Ran tenant = interlock("tenant", "gate", "coverage");
        assertThat(tenant.exit()).isEqualTo(6);
        assertThat(tenant.out()).isEmpty();
        assertThat(tenant.err()).contains("you may not get validatingwebhookconfigurations");
        kubectl.apply(DOWN).ok();
        try {
            await().atMost(SOON).untilAsserted(() -> {
                Ran down = interlock("admin", "gate", "coverage");
                assertThat(down.exit()).as(down.toString()).isEqualTo(6);
                assertThat(down.err()).contains("does not answer for down.cli.example.com/v1");
                assertThat(down.out()).containsPattern("podtemplates +Ungoverned");
            });
        } finally {
            kubectl.run("delete", "apiservice", "v1.down.cli.example.com").ok();
        }
    }

    @Test
    void tenantIsToldWhichRightIsMissing() throws Exception {
        Ran ran = interlock("tenant2", "inventory", "-n", NAMESPACE);
        assertThat(ran.exit()).isEqualTo(6);
        assertThat(ran.err())
                .contains("you may not list deployments.apps in namespace cli")
                .doesNotContain("\tat ");
    }

    @Test
    void feedbackIsReleasedInOnesOwnNameByWhoMay() throws Exception {
        Ran list = interlock("admin", "feedback", "list");
        assertThat(list.exit()).as(list.err()).isZero();
        List<String> words = List.of("feedback", "release", "cli", "images-pinned", "--reason", "tried out");
        Ran untightened = interlock("admin", words.toArray(String[]::new));
        assertThat(untightened.exit()).isEqualTo(2);
        assertThat(untightened.err()).contains("nothing is tightened for check `images-pinned` of policy `cli`");
        List<String> forced = new ArrayList<>(words);
        forced.add("--force");
        Ran refused = interlock("tenant2", forced.toArray(String[]::new));
        assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
        assertThat(refused.err()).contains("you may not create feedbackreleases.interlock.dev");
        kubectl.run(
                        "create",
                        "clusterrolebinding",
                        "cli-platform",
                        "--clusterrole=interlock-policy-admin",
                        "--user=platform")
                .ok();
        try {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(ControlPlane.shared()
                                    .kubectl("platform")
                                    .run("auth", "can-i", "create", "feedbackreleases.interlock.dev")
                                    .out())
                            .startsWith("yes"));
            Ran recorded = interlock("platform", forced.toArray(String[]::new));
            assertThat(recorded.exit()).as(recorded.toString()).isZero();
            assertThat(recorded.out()).contains("recorded: platform ends what feedback made of cli/images-pinned");
            assertThat(kubectl.run("get", "frel", "-o", "jsonpath={.items[*].spec.requester}")
                            .ok()
                            .out())
                    .contains("platform");
        } finally {
            kubectl.run("delete", "clusterrolebinding", "cli-platform").ok();
        }
    }

    @Test
    void clusterThatDoesNotAnswerIsNamedWithoutSecrets() throws Exception {
        Path kubeconfig = directory.resolve("nobody");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: u, user: {token: "very-secret"}}]
                """);
        Ran ran = interlock(kubeconfig, "owners");
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(3);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains("the cluster at https://127.0.0.1:1").doesNotContain("very-secret");
        assertThat(interlock(kubeconfig, "owners", "--context", "other").err())
                .contains("there is no context `other` in the kubeconfig; it has: c");
    }
}

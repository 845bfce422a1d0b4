package dev.interlock.decision.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.interlock.decision.CheckResult;
import dev.interlock.decision.Fixture;
import dev.interlock.decision.Violation;
import dev.interlock.decision.check.PodSecurity.Level;
import dev.interlock.decision.check.PodSecurity.Version;
import dev.interlock.drift.DriftFixture;
import dev.interlock.testing.PodCases;
import dev.interlock.testing.PodCases.PodCase;
import dev.interlock.testing.Progress;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The check kind `podSecurity`.
final class PodSecurityTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Path CORPUS =
            Path.of(System.getProperty("interlock.corpus", "../shared/corpus")).resolve("pod-security");
    private static final int NEWEST = 40;

    static List<PodCase> cases() {
        return PodCases.all();
    }

    /// An object of a kind with that Pod as its template.
    private static Workload workload(WorkloadKind kind, JsonNode pod) {
        ObjectNode object = YAML.createObjectNode();
        if (kind == WorkloadKind.POD) {
            object.setAll((ObjectNode) pod);
        } else {
            ObjectNode at = object;
            for (String member : kind.templatePath()) {
                at = at.putObject(member);
            }
            at.setAll((ObjectNode) pod);
        }
        return Workload.of(kind, DriftFixture.node(object.toString()).asObject("object"));
    }

    private static List<Violation> violations(Level level, Version version, Workload workload) {
        return switch (new PodSecurity(level, version).evaluate(workload, Fixture.situation())) {
            case CheckResult.Passed _ -> List.of();
            case CheckResult.Failed(var found) -> found.items();
            case CheckResult.Errored(String cause) -> throw new AssertionError(cause);
        };
    }

    private static List<String> codes(Level level, int minor, Workload workload) {
        return violations(level, new Version(minor), workload).stream()
                .map(Violation::code)
                .distinct()
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatTheStandardsForbidAtEveryLevelAndVersionOfEveryKind(PodCase each) {
        for (WorkloadKind kind : WorkloadKind.values()) {
            Workload workload = workload(kind, each.pod());
            for (Level level : Level.values()) {
                for (int minor = 0; minor <= NEWEST; minor++) {
                    assertThat(codes(level, minor, workload))
                            .as("%s as %s, %s v1.%d", each, kind, level, minor)
                            .isEqualTo(each.codes(level.name(), minor));
                }
                assertThat(codes(level, Version.LATEST.minor(), workload))
                        .as("%s as %s, %s latest", each, kind, level)
                        .isEqualTo(each.codes(level.name(), NEWEST));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anInitContainerASidecarAndAnEphemeralContainerAreJudgedAsAnyOther(PodCase each) {
        for (String list : List.of("initContainers", "ephemeralContainers")) {
            ObjectNode pod = each.pod().deepCopy();
            ObjectNode spec = pod.withObject("/spec");
            spec.set(list, spec.get("containers"));
            spec.remove("containers");
            Workload workload = workload(WorkloadKind.POD, pod);
            for (Level level : Level.values()) {
                assertThat(codes(level, NEWEST, workload))
                        .as("%s in %s, %s", each, list, level)
                        .isEqualTo(each.codes(level.name(), NEWEST));
            }
        }
    }

    @Test
    void everyControlForbidsSomethingInSomeCase() {
        assertThat(cases().stream()
                        .map(each -> workload(WorkloadKind.POD, each.pod()))
                        .flatMap(workload ->
                                Stream.of(Level.values()).flatMap(level -> codes(level, NEWEST, workload).stream()))
                        .distinct())
                .hasSize(17);
    }

    @Test
    void annotationsAreNamedWhereTheyAre() {
        JsonNode pod = tree("""
                metadata: {annotations: {container.apparmor.security.beta.kubernetes.io/a: unconfined}}
                spec: {containers: [{name: a}]}
                """);
        assertThat(violations(Level.BASELINE, Version.LATEST, workload(WorkloadKind.POD, pod)))
                .extracting(Violation::path)
                .containsExactly("metadata.annotations");
        assertThat(violations(Level.BASELINE, Version.LATEST, workload(WorkloadKind.CRON_JOB, pod)))
                .extracting(Violation::path)
                .containsExactly("spec.jobTemplate.spec.template.metadata.annotations");
    }

    @Test
    void violationsNameTheFieldAndSayHowToMendIt() {
        PodCase privileged = cases().stream()
                .filter(each -> each.name().equals("privileged"))
                .findFirst()
                .orElseThrow();
        assertThat(violations(Level.RESTRICTED, Version.LATEST, workload(WorkloadKind.CRON_JOB, privileged.pod())))
                .containsExactly(
                        new Violation(
                                "Privileged",
                                "spec.jobTemplate.spec.template.spec.containers[0].securityContext.privileged",
                                "container app is privileged; leave out securityContext.privileged"),
                        new Violation(
                                "PrivilegeEscalation",
                                "spec.jobTemplate.spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation",
                                "container app may gain privileges; set securityContext.allowPrivilegeEscalation to false"));
    }

    @Test
    void everyContainerThatViolatesIsNamed() {
        Workload workload = workload(
                WorkloadKind.POD,
                tree(
                        "{spec: {containers: [{name: a}, {name: b}], initContainers: [{name: c, restartPolicy: Always}]}}"));
        assertThat(violations(Level.RESTRICTED, Version.LATEST, workload))
                .filteredOn(violation -> violation.code().equals("RootAllowed"))
                .extracting(Violation::message)
                .extracting(message -> message.substring(0, message.indexOf(" may")))
                .containsExactly("container a", "container b", "sidecar c");
    }

    @Test
    void aPodSpecificationOfTheWrongTypeIsAnErrorAndNoPass() {
        Workload workload = workload(
                WorkloadKind.POD, tree("{spec: {containers: [{name: a, securityContext: {privileged: yes please}}]}}"));
        assertThat(new PodSecurity(Level.BASELINE, Version.LATEST).evaluate(workload, Fixture.situation()))
                .isEqualTo(new CheckResult.Errored(
                        "the pod specification cannot be read: `privileged` must be true or false"));
    }

    @ParameterizedTest
    @CsvSource({"latest,2147483647", "v1.0,0", "v1.19,19", "v1.36,36", "v1.999,999"})
    void aVersionIsLatestOrThatOfAMinorRelease(String text, int minor) {
        assertThat(Version.parse(text)).contains(new Version(minor));
    }

    @ParameterizedTest
    @CsvSource({"''", "v1", "1.25", "v1.25.1", "v2.0", "v1.01", "v1.-1", "Latest"})
    void whatIsNoVersionIsNone(String text) {
        assertThat(Version.parse(text)).isEmpty();
    }

    private static JsonNode tree(String yaml) {
        try {
            return YAML.readTree(yaml);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// How often a fixture of upstream was judged as upstream says, and how often not.
    private static final class Confusion {
        private int allowedRightly;
        private int deniedRightly;
        private int allowedWrongly;
        private int deniedWrongly;

        void count(boolean allowed, boolean pass) {
            if (pass) {
                allowedRightly += allowed ? 1 : 0;
                deniedWrongly += allowed ? 0 : 1;
            } else {
                deniedRightly += allowed ? 0 : 1;
                allowedWrongly += allowed ? 1 : 0;
            }
        }

        @Override
        public String toString() {
            return "pass: %d allowed, %d denied; fail: %d denied, %d allowed"
                    .formatted(allowedRightly, deniedWrongly, deniedRightly, allowedWrongly);
        }
    }

    @Test
    void theFixturesOfUpstreamAreJudgedAsUpstreamSaysAsPodsAndAsTemplates() throws IOException {
        if (!Files.isDirectory(CORPUS)) {
            Progress.say("SKIPPED: there are no fixtures of Pod Security in " + CORPUS.toAbsolutePath());
        }
        assumeThat(CORPUS).isDirectory();
        try (Stream<Path> walk = Files.walk(CORPUS)) {
            List<Path> fixtures =
                    walk.filter(path -> path.toString().endsWith(".yaml")).toList();
            assertThat(fixtures).hasSizeGreaterThan(300);
            for (WorkloadKind kind : WorkloadKind.values()) {
                Confusion confusion = new Confusion();
                for (Path fixture : fixtures) {
                    Path place = CORPUS.relativize(fixture); // <level>/<version>/<pass or fail>/<name>.yaml
                    Level level = Level.valueOf(place.getName(0).toString().toUpperCase(Locale.ROOT));
                    Version version = Version.parse(place.getName(1).toString()).orElseThrow();
                    JsonNode pod = YAML.readTree(fixture.toFile());
                    confusion.count(
                            violations(level, version, workload(kind, pod)).isEmpty(),
                            place.getName(2).toString().equals("pass"));
                }
                Progress.say("Pod Security of upstream, as %s: %s".formatted(kind.kind(), confusion));
                assertThat(confusion.allowedWrongly + confusion.deniedWrongly)
                        .as("%s: %s", kind, confusion)
                        .isZero();
            }
        }
    }
}
